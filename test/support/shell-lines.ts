// The command lines that a document shows, and the words that oslm would get of each.

export interface ShellLine {
  /** As sh is to run it: without the explanation that some lines have behind a wide gap. */
  readonly line: string;
  /** For each time that it starts oslm: everything after the program's name. */
  readonly words: readonly (readonly string[])[];
}

/** Lines that start oslm, in blocks of `sh` and `console` and in indented ones, in the document's order. */
export function shellLines(document: string, { indented = true } = {}): ShellLine[] {
  let fence: string | undefined;
  const shown: string[] = [];
  for (const line of document.split("\n")) {
    const mark = /^```(\w*)/.exec(line);
    if (mark) fence = fence === undefined ? mark[1] : undefined;
    else if (fence !== undefined && /^(sh|console|bash)$/.test(fence)) shown.push(line.replace(/^\$ /, ""));
    else if (fence === undefined && indented && line.startsWith("    ")) shown.push(line.trim());
  }
  return shown.flatMap((text) => {
    const { line, commands } = split(text);
    const words = commands.flatMap((command) => startsOf(command));
    return words.length === 0 ? [] : [{ line, words }];
  });
}

/** What follows `oslm` where a command begins with it; settings, npx and the words of sh that open a branch may stand before. */
function startsOf(command: readonly string[]): string[][] {
  const at = command.findIndex((word) => !/^(\w+=.*|npx|if|then|do|!|\d+\))$/.test(word));
  return command[at] === "oslm" ? [command.slice(at + 1)] : [];
}

/** A line of sh: its simple commands as words, redirections left out. */
function split(text: string): { line: string; commands: string[][] } {
  const commands: string[][] = [[]];
  let end = text.length;
  let redirects = false;
  const token =
    /(?<gap>\s{3,}(?=[^\s#]))|(?<space>\s+)|(?<comment>#.*)|(?<redirect>\d?[<>]+&?\d?)|(?<open>\w+=\$\(|\$\()|(?<break>&&|\|\||[|;&()])|(?<word>(?:"(?:\\.|[^"])*"|'[^']*'|\\.|\$\(|[^\s|;&()<>"'])+)/y;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const groups = match.groups ?? {};
    const words = commands.at(-1);
    if (groups.gap !== undefined || groups.comment !== undefined) {
      end = match.index;
      break;
    }
    if (groups.redirect !== undefined) redirects = true;
    else if (groups.break !== undefined || groups.open !== undefined) commands.push([]);
    else if (groups.word !== undefined) {
      if (!redirects) words?.push(unquoted(groups.word));
      redirects = false;
    }
  }
  return { line: text.slice(0, end).trim(), commands };
}

function unquoted(word: string): string {
  return word.replace(
    /"((?:\\.|[^"])*)"|'([^']*)'|\\(.)/g,
    (_, double?: string, single?: string, one?: string) =>
      (double?.replace(/\\(["$`\\])/g, "$1") ?? single ?? one) as string,
  );
}
