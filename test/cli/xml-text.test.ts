// Whatever a text holds, it is the same after a real XML parser has read it, less what XML cannot hold.
import { parseXml, type XmlElement } from "@rgrove/parse-xml";
import { expect, it } from "vitest";
import { xmlLines, xmlText } from "../../src/cli/license/xml-text.js";

const read = (xml: string) => parseXml(xml).root as XmlElement;

it.each([
  ["marks", `<a b="c">&amp; ]]> '--'</a>`, `<a b="c">&amp; ]]> '--'</a>`],
  ["breaks and tabs", "a\n\tb", "a\n\tb"],
  ["what XML cannot hold", "a\u0000\u0008\u000b\u{1f}\ufffe\uffff\ud800b\udc00", "ab"],
  ["all planes", "\u00e9\u4e2d\u{1f600}\ufffd", "\u00e9\u4e2d\u{1f600}\ufffd"],
  ["what steers a terminal", "a\u001b[31mb\u202ec\rd\u0085", "abcd"],
])("takes %s", (_what, text, left) => {
  expect(read(`<a b="${xmlText(text)}"/>`).attributes.b).toBe(left);
  expect(read(`<a>${xmlText(text)}</a>`).text).toBe(left);
  expect(read(`<a>${xmlLines(text)}</a>`).text).toBe(left);
});
