// File names from a repository are hostile text: what may become a path on this disk, on any platform.
import { OslmError } from "../errors.js";

/** Names that Windows gives to devices, with any extension: CON, con.txt, LPT1.bin (learn.microsoft.com, "Naming Files"). */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;
/** ext4, APFS and NTFS take 255 bytes or UTF-16 units in one name. */
const MAX_SEGMENT_BYTES = 255;
/** Leaves room for the cache's own folders below Linux's PATH_MAX of 4096. */
const MAX_PATH_BYTES = 2048;

/** Why this relative path must not be used, in plain words; undefined when it is safe everywhere. */
export function unsafePathReason(path: string): string | undefined {
  if (path === "") return "is empty";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (/[\x00-\x1f\x7f-\x9f]/.test(path)) return "holds control characters";
  // Text that shows as another name than it is: bidirectional overrides and isolates.
  if (/[\u202a-\u202e\u2066-\u2069]/.test(path)) return "holds characters that reverse the text";
  if (/\p{Surrogate}/u.test(path)) return "is not valid Unicode";
  if (path.includes("\\")) return "holds a backslash";
  if (path.startsWith("/")) return "is an absolute path";
  if (path.includes(":")) return "holds a colon";
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return "is too long";
  for (const segment of path.split("/")) {
    const reason = unsafeSegmentReason(segment);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function unsafeSegmentReason(segment: string): string | undefined {
  if (segment === "") return "has an empty folder name";
  if (segment === "." || segment === "..") return "leaves its folder";
  if (/[. ]$/.test(segment)) return "ends in a dot or a space";
  if (RESERVED.test(segment)) return "is a device name on Windows";
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return "has a name of more than 255 bytes";
  return undefined;
}

/**
 * Throws `unsafe-name` unless every path is safe and all can lie side by side on a disk that does not tell upper from
 * lower case: no two that differ in case or Unicode form only, none that is also the folder of another.
 */
export function checkPaths(paths: Iterable<string>): void {
  const files = new Set<string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    const reason = unsafePathReason(path);
    if (reason !== undefined) throw new OslmError("unsafe-name", { name: path, reason });
    const key = fold(path);
    if (files.has(key)) throw clash(path, "differs from another name in case only");
    files.add(key);
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join("/");
      const known = folders.get(fold(folder));
      if (known !== undefined && known !== folder) throw clash(path, "its folder differs from another in case only");
      folders.set(fold(folder), folder);
    }
  }
  for (const key of files) {
    const folder = folders.get(key);
    if (folder !== undefined) throw clash(folder, "is both a file and a folder");
  }
}

function clash(name: string, reason: string): OslmError<"unsafe-name"> {
  return new OslmError("unsafe-name", { name, reason });
}

function fold(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
