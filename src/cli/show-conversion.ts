// A conversion while it is under way: what it will be, and how far it is.
import type { convertCheckpoint } from "../app/convert/convert.js";
import { formatBytes } from "../ui/format.js";
import type { Doing } from "../ui/progress/board.js";
import { createProgress } from "../ui/progress.js";
import type { Context } from "./context.js";
import { follow } from "./follow.js";
import { sayLeftOut } from "./say-left-out.js";

type ConvertEvent = ReturnType<typeof convertCheckpoint> extends AsyncGenerator<infer Event> ? Event : never;

/** @param what is shown as its name @param doing reads like `converting` */
export async function showConversion<Result>(
  { out }: Pick<Context, "out">,
  events: AsyncGenerator<ConvertEvent, Result>,
  { what, doing }: { readonly what: string; readonly doing: Doing },
): Promise<Result> {
  const progress = createProgress(out);
  try {
    const result = await follow(events, (event) => {
      if (event.kind === "written") return progress.update(what, event.written);
      out.note(`${event.architecture}: ${event.tensors} tensors, ${formatBytes(event.bytes)}`);
      for (const step of event.leftOut) out.note(sayLeftOut(step));
      progress.start(what, 0, event.bytes, doing);
    });
    progress.finish(what, "written");
    return result;
  } finally {
    progress.stop();
  }
}
