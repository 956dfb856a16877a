// The conversion of a pulled checkpoint, as progress.
import type { CheckpointEvent } from "../app/pull/pull-checkpoint.js";
import { formatBytes } from "../ui/format.js";
import type { Progress } from "../ui/progress.js";
import { sayLeftOut } from "./say-left-out.js";

type Kind = "checkpoint" | "room" | "converting" | "converted" | "freed" | "left";

/** Shows one event. */
export function showCheckpoint(event: Extract<CheckpointEvent, { readonly type: Kind }>, progress: Progress): void {
  switch (event.type) {
    case "checkpoint":
      progress.note(
        `a checkpoint of ${event.architecture} without GGUF files: ${event.files} files, ${formatBytes(event.bytes)}, to be converted here`,
      );
      for (const step of event.leftOut) progress.note(sayLeftOut(step));
      break;
    case "room": {
      const { download, result, peak, free } = event;
      const parts = `${formatBytes(download)} to download and ${formatBytes(result)} for the result`;
      progress.note(`disk: ${parts}, ${formatBytes(peak)} at the peak; ${formatBytes(free)} are free`);
      break;
    }
    case "converting":
      if (event.written === 0) progress.start(event.name, 0, event.total, "converting");
      else progress.update(event.name, event.written);
      break;
    case "converted":
      progress.finish(event.name, "written");
      break;
    case "freed":
      progress.note(`the checkpoint was removed again: ${formatBytes(event.bytes)} freed (--keep leaves it)`);
      break;
    case "left":
      progress.note(
        `its checkpoint stays for another try, ${formatBytes(event.bytes)}: oslm rm ${event.repo} removes it`,
      );
      break;
    default:
      event satisfies never;
  }
}
