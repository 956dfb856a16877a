// A path as it can be pasted into a command.

/** The path itself where a shell leaves it as it is, else in quotes; in those that keep a shell from reading `$(...)`. */
export function quoted(path: string): string {
  if (/^[\w./~:@%+=,-]+$/.test(path)) return path;
  return /["$`\\!]/.test(path) ? `'${path.replaceAll("'", "'\\''")}'` : `"${path}"`;
}
