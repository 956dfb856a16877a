// What the operating system refuses.
import { isNoRoom } from "../../disk/full-disk.js";
import { formatBytes } from "../../ui/format.js";
import type { ExitCode } from "../exit-codes.js";
import type { Report } from "./entry.js";

const FREE_ROOM = "free room on that disk, or write to another   (oslm list, then oslm rm, frees what models take)";

/** Refusals of the operating system that a person can lift, by their code. */
const REFUSALS: Readonly<Record<string, readonly [ExitCode, string, string]>> = {
  EACCES: [
    2,
    "You may not read or write it.",
    "check its permissions, or set HF_HUB_CACHE and OSLM_HOME to other folders",
  ],
  EPERM: [
    2,
    "The system does not permit it.",
    "check its permissions, or set HF_HUB_CACHE and OSLM_HOME to other folders",
  ],
  EROFS: [2, "The disk is read-only.", "set HF_HUB_CACHE and OSLM_HOME to folders on another disk"],
  ENOTDIR: [2, "A file stands where a folder is needed.", "check HF_HUB_CACHE, HF_HOME and OSLM_HOME"],
  EISDIR: [2, "A folder stands where a file is needed.", "move it out of the way"],
  ELOOP: [2, "Links lead in a circle there.", "check HF_HUB_CACHE, HF_HOME and OSLM_HOME"],
  ENOSPC: [6, "The disk is full", FREE_ROOM],
  EFBIG: [
    6,
    "The disk, or a limit, takes no file of that size",
    "ulimit -f   (a limit); or another disk: with -o, or with HF_HUB_CACHE for what is pulled",
  ],
  EDQUOT: [6, "The disk quota is used up", FREE_ROOM],
};

/** Where a folder cannot be made the system has many words for it; below /proc it says that nothing is there. */
const NO_FOLDER = [
  2,
  "No folder can be made there.",
  "name another folder, or check HF_HUB_CACHE and OSLM_HOME",
] as const;

/** The report of such a refusal; of anything else nothing. */
export function systemReport(error: unknown): Report | undefined {
  const { code = "", path = "a file", syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const noFolder = code === "EEXIST" ? REFUSALS.ENOTDIR : NO_FOLDER;
  const refusal = REFUSALS[code] ?? (syscall === "mkdir" ? noFolder : undefined);
  if (refusal === undefined) return undefined;
  const [exitCode, reason, hint] = refusal;
  if (isNoRoom(error)) {
    const { free = null } = error;
    const detail = free === null || code === "EFBIG" ? `${reason}.` : `${reason}: ${formatBytes(free)} free.`;
    return {
      exitCode,
      code: "system",
      message: `${path} cannot be written`,
      detail,
      hint,
      facts: { path, code, free },
    };
  }
  return { exitCode, code: "system", message: `cannot use ${path}`, detail: reason, hint, facts: { path, code } };
}
