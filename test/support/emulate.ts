// What a terminal shows after some output: the part of xterm that the chat uses. What scrolled off the top cannot be changed any more.

/** All lines, from the first that scrolled away to the last on the screen. @throws Error for what it does not know */
export function emulate(raw: string, rows: number): string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  const top = (): number => Math.max(0, lines.length - rows);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
  for (const [token, numbers, letter] of raw.matchAll(/\u001b\[([\d;?<=>]*)([A-Za-z])|[\s\S]/gu)) {
    const count = Number(numbers || 1);
    if (letter === undefined) {
      if (token === "\r") column = 0;
      else if (token === "\n") {
        row++;
        if (row === lines.length) lines.push([]);
      } else {
        const line = lines[row] ?? [];
        while (line.length < column) line.push(" ");
        line[column++] = token;
      }
    } else if (letter === "A") row = Math.max(top(), row - count);
    else if (letter === "B") row = Math.min(lines.length - 1, row + count);
    else if (letter === "G") column = count - 1;
    else if (letter === "K" && numbers === "2") lines[row] = [];
    else if (!/[hlmu]/.test(letter)) throw new Error(`an unknown sequence: ${JSON.stringify(token)}`);
  }
  return lines.map((line) => line.join("").trimEnd());
}
