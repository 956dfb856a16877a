// The code in an answer.

/** The insides of its fenced blocks, in order; an unfinished one counts. */
export function codeBlocks(markdown: string): string[] {
  const blocks: string[] = [];
  let fence: { readonly mark: string; readonly lines: string[] } | undefined;
  for (const line of markdown.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      if (mark !== undefined) fence = { mark, lines: [] };
    } else if (mark?.startsWith(fence.mark) && line.trim() === mark) {
      blocks.push(fence.lines.join("\n"));
      fence = undefined;
    } else fence.lines.push(line);
  }
  if (fence !== undefined) blocks.push(fence.lines.join("\n"));
  return blocks;
}
