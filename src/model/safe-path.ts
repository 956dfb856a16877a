// File names from a repository are hostile text: what may become a path on this disk, on any platform.

/** Names that Windows gives to devices, with any extension: CON, con.txt, LPT1.bin (learn.microsoft.com, "Naming Files"). */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;
/** ext4, APFS and NTFS take 255 bytes or UTF-16 units in one name. */
const MAX_SEGMENT_BYTES = 255;
/** Leaves room for the cache's own folders below Linux's PATH_MAX of 4096. */
const MAX_PATH_BYTES = 2048;
/** What nearly all names are: one look instead of many. */
const PLAIN = /^[\w-][\w.-]{0,150}[\w-]$/;

/** Why this relative path must not be used, in plain words; undefined when it is safe everywhere. */
export function unsafePathReason(path: string): string | undefined {
  if (PLAIN.test(path) && !RESERVED.test(path)) return undefined;
  if (path === "") return "is empty";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (/[\x00-\x1f\x7f-\x9f]/.test(path)) return "holds control characters";
  // Text that shows as another name than it is: bidirectional overrides and isolates.
  if (/[\u202a-\u202e\u2066-\u2069]/.test(path)) return "holds characters that reverse the text";
  if (/\p{Surrogate}/u.test(path)) return "is not valid Unicode";
  if (path.includes("\\")) return "holds a backslash";
  if (path.startsWith("/")) return "is an absolute path";
  if (path.includes(":")) return "holds a colon";
  // What Windows has for wildcards, pipes and quotes.
  if (/[<>"|?*]/.test(path)) return "holds a character that Windows forbids";
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
 * Which of these paths must not be used, and why: those that are unsafe by themselves, and all of those that cannot lie
 * side by side on a disk that does not tell upper from lower case: names, or names of folders, that differ in case or
 * Unicode form only, and files that are also the folder of another. Which one of them is meant, nobody could tell.
 */
export function refusedPaths(paths: readonly string[]): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  const files = new Map<string, number>();
  const folders = new Map<string, Set<string>>();
  for (const path of paths) {
    const reason = unsafePathReason(path);
    if (reason !== undefined) refused.set(path, reason);
    if (reason !== undefined) continue;
    files.set(fold(path), (files.get(fold(path)) ?? 0) + 1);
    for (const folder of foldersOf(path)) {
      const spellings = folders.get(fold(folder)) ?? new Set();
      folders.set(fold(folder), spellings.add(folder));
    }
  }
  for (const path of paths) {
    const reason = refused.has(path) ? undefined : clashReason(path, files, folders);
    if (reason !== undefined) refused.set(path, reason);
  }
  return refused;
}

function clashReason(
  path: string,
  files: ReadonlyMap<string, number>,
  folders: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  if ((files.get(fold(path)) ?? 0) > 1) return "differs from another name in case only";
  if (folders.has(fold(path))) return "is both a file and a folder";
  for (const folder of foldersOf(path)) {
    if (files.has(fold(folder))) return "lies in a folder that is also a file";
    if ((folders.get(fold(folder))?.size ?? 0) > 1) return "lies in a folder that differs from another in case only";
  }
  return undefined;
}

/** `a` and `a/b` of `a/b/c`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function fold(path: string): string {
  return path.normalize("NFC").toLowerCase();
}
