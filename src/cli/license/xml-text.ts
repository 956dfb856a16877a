// Any text inside of XML 1.0.
import { sanitize } from "../../ui/sanitize.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // As they are a parser makes spaces of them in attributes.
  "\t": "&#9;",
  "\n": "&#10;",
};

/** What no XML 1.0 document may hold, not even by number: https://www.w3.org/TR/xml/#charsets */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** For an attribute in double quotes or between tags, without what would steer a terminal or is not allowed there. */
export function xmlText(text: string): string {
  return sanitize(text)
    .replace(FORBIDDEN, "")
    .replace(/[&<>"\t\n]/g, (found) => ENTITIES[found] ?? found);
}

/** The same with line breaks and tabs as they are: between tags they stay. */
export function xmlLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.split("\t").map(xmlText).join("\t"))
    .join("\n");
}
