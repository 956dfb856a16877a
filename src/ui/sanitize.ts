// Text from the Hub, from a file or from a model must not steer the terminal it is shown on.

// Escape sequences (CSI, OSC and other string sequences, two-character escapes), then any control character that is
// left but tab and newline, then the bidirectional overrides that can make a name read backwards.
const SEQUENCES = new RegExp(
  [
    "\\u001b\\[[0-?]*[ -/]*[@-~]",
    "\\u001b[\\]PX^_][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?",
    "\\u001b[ -/]*[0-~]",
    "\\u009b[0-?]*[ -/]*[@-~]",
    "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]",
    "[\\u202a-\\u202e\\u2066-\\u2069]",
  ].join("|"),
  "g",
);

/** Nothing to look for: what most cells of a long table hold. */
const PLAIN = /^[ -~]*$/;

/** `text` without escape sequences, control characters (tab and newline stay) and bidirectional overrides. */
export function sanitize(text: string): string {
  return text.replace(SEQUENCES, "");
}

/** The same for something that belongs on one line. */
export function sanitizeLine(text: string): string {
  return PLAIN.test(text) ? text : sanitize(text).replace(/[\t\n]+/g, " ");
}
