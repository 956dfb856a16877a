// What a picture says, line by line, as far as it is the same each time.

/** @param varies lines of which figures, and how long the bars are, do not count */
export function sayPicture(svg: string, varies?: RegExp): string[] {
  const rows = [...svg.matchAll(/^<g>(.*)<\/g>$/gm)].map(([, marks = ""]) => plain(marks));
  return rows.map((row) => (varies?.test(row) ? withoutFigures(row) : row));
}

function plain(marks: string): string {
  const text = marks
    .replace(/<[^>]+>/g, " ")
    .replace(/ +/g, " ")
    .trim();
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

function withoutFigures(row: string): string {
  return row
    .replace(/[█▓▒░]+/g, "")
    .replace(/\d[\d.,]*( [kMGT]?B)?/g, "0")
    .replace(/ +/g, " ");
}
