// A session about images as the terminal shows it: what is loaded, and that reading images takes its time.
import type { ImageSession } from "../app/image-session.js";
import type { LocalModel } from "../app/local-model.js";
import type { ReadImage } from "../app/read-images.js";
import { formatBytes } from "../ui/format.js";
import type { Context } from "./context.js";
import { warnOfContext } from "./warn-context.js";

interface Wishes {
  readonly images: readonly ReadImage[];
  readonly mmproj?: string | undefined;
  readonly ctx?: number | undefined;
  readonly force?: boolean | undefined;
}

/** @throws OslmError what openImageSession throws */
export async function startImages({ world, out }: Context, model: LocalModel, wishes: Wishes): Promise<ImageSession> {
  const { openImageSession } = await import("../app/image-session.js");
  const session = await openImageSession(world, model, {
    ...wishes,
    onBroken(marks) {
      const shown = marks.map((mark) => JSON.stringify(mark)).join(", ");
      out.warn(`the prompt holds marks of the model, which go to it with an invisible space inside: ${shown}`);
    },
  });
  warnOfContext(out, [session.ctx], session.plan.trainedFor);
  for (const reason of session.plan.reasons) out.verbose(reason);
  const { kind, weights, tokens } = session.projector;
  const each = tokens === null ? "" : `, ${tokens} tokens for each image`;
  out.verbose(`projector ${kind}, ${formatBytes(weights)}${each}; on the processor`);
  out.note(
    `reading ${wishes.images.length === 1 ? "the image" : `${wishes.images.length} images`}; on a processor this takes a while`,
  );
  return session;
}
