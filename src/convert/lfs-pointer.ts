// What a clone has in place of a large file where Git LFS is not installed, or has not fetched it.
import { OslmError } from "../errors.js";

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: the first line of each pointer. */
const BEGINNING = "version https://git-lfs.github.com/spec/";

/** @param head of the file `name`, as much as is there @throws OslmError malformed-checkpoint */
export function refusePointer(name: string, head: Uint8Array): void {
  if (Buffer.from(head.subarray(0, BEGINNING.length)).toString("latin1") !== BEGINNING) return;
  throw new OslmError("malformed-checkpoint", {
    file: name,
    reason: "it is a pointer of Git LFS, and what it points to was not fetched",
    instead: "git lfs install, and git lfs pull in its folder",
  });
}
