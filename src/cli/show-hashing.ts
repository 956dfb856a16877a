// A file that is being hashed, as progress.
import type { HashEvent } from "../app/hash-file.js";
import type { Progress } from "../ui/progress.js";

/** Shows one event; a file whose last byte was read is checked. */
export function showHashing(event: HashEvent, progress: Progress): void {
  if (event.type === "hashing") progress.start(event.file, 0, event.total, "checking");
  else progress.update(event.file, event.done);
  if (event.type === "hashed" && event.done === event.total) progress.finish(event.file, "checked");
}
