// Text of others inside a Markdown document of ours: it may neither format nor link anything, and stays on its line.

/** The text as it reads, with every character that Markdown knows taken for itself. */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>#|~&!]/g, "\\$&");
}

/** The text as code: names, hashes, paths. */
export function codeSpan(text: string): string {
  return `\`${oneLine(text).replaceAll("`", "'")}\``;
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: dropping them is the point
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ");
}
