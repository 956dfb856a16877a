// A file that is being downloaded, as progress.
import type { PullEvent } from "../app/pull/pull.js";
import type { Progress } from "../ui/progress.js";

type Kind = "plan" | "start" | "progress" | "retry" | "repair" | "verified";

export type DownloadShown = Extract<PullEvent, { readonly type: Kind }>;

/** Shows one event. */
export function showDownload(event: DownloadShown, progress: Progress): void {
  switch (event.type) {
    case "plan":
      progress.plan(event.files, event.total);
      break;
    case "start":
      progress.start(event.path, event.present, event.total);
      break;
    case "progress":
      progress.update(event.path, event.received);
      break;
    case "retry":
      progress.wait(event.path, event.afterMs);
      progress.note(`${event.path}: ${event.reason}; trying again in ${Math.ceil(event.afterMs / 1000)} s`);
      break;
    case "repair":
      progress.compare(event.path);
      progress.note(`${event.path}: the bytes that came are not the file; comparing its pieces with the source`);
      break;
    case "verified":
      progress.finish(event.path, "verified");
      break;
    default:
      event satisfies never;
  }
}
