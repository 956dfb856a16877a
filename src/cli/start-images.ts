// A session about images as the terminal shows it: what is loaded, and that reading images takes its time.
import type { ImageOrders, ImageSession } from "../app/run/image-session.js";
import type { LocalModel } from "../app/run/local-model.js";
import { formatBytes } from "../ui/format.js";
import type { Context } from "./context.js";
import { warnOfContext } from "./warn-context.js";

/** @throws OslmError what openImageSession throws */
export async function startImages(
  { world, out }: Context,
  model: LocalModel,
  wishes: Omit<ImageOrders, "onBroken">,
): Promise<ImageSession> {
  const { openImageSession } = await import("../app/run/image-session.js");
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
  return session;
}

export function sayReading({ out }: Pick<Context, "out">, images: number): void {
  out.note(`reading ${images === 1 ? "the image" : `${images} images`}; on a processor this takes a while`);
}
