// Small disks for tests: a file system of a few megabytes that only one command sees.
import { spawnSync } from "node:child_process";

/** Whether this system lets us make one. */
export function canMount(): boolean {
  return spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
}
