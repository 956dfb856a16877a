// The name of a file in a sentence. It is somebody else's text: it may be long, or look like the end of the sentence.

const MAX_SHOWN = 100;

/** As it is where it has only letters, digits and `. / - _`, else in quotes, without what nobody can see. */
export function shownPath(path: string): string {
  const short = path.length > MAX_SHOWN ? `${path.slice(0, MAX_SHOWN - 3)}...` : path;
  if (/^[\w./-]+$/.test(short)) return short;
  return `"${short.normalize("NFC").replace(/[^\p{L}\p{N}\p{P}\p{S} ]|["\\]/gu, "?")}"`;
}
