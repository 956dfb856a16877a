import { expect, it } from "vitest";
import { type Key, KeyDecoder } from "../../../../src/ui/chat/screen/keys.js";

/** As `ctrl+alt+left`, `"text"`, `<paste>`. */
function name(key: Key): string {
  if (key.type === "text") return JSON.stringify(key.text);
  if (key.type === "paste") return `<${key.text}>`;
  return [key.ctrl && "ctrl", key.alt && "alt", key.shift && "shift", key.name].filter(Boolean).join("+");
}

const decode = (...pieces: string[]): string[] => {
  const decoder = new KeyDecoder();
  return [...pieces.flatMap((piece) => decoder.add(Buffer.from(piece))), ...decoder.flush()].map(name);
};

it.each([
  ["héllo wörld", ['"héllo wörld"']],
  ["a\r", ['"a"', "enter"]],
  ["\n", ["ctrl+j"]],
  ["\t", ["tab"]],
  ["\u007f\b", ["backspace", "backspace"]],
  ["\u0001\u0003\u0004\u0017", ["ctrl+a", "ctrl+c", "ctrl+d", "ctrl+w"]],
  ["\u001b[A\u001b[B\u001bOC\u001bOD", ["up", "down", "right", "left"]],
  ["\u001b[1;5C\u001b[1;3D\u001b[H\u001b[4~\u001b[3~", ["ctrl+right", "alt+left", "home", "end", "delete"]],
  ["\u001b\r\u001bb\u001b\u007f", ["alt+enter", "alt+b", "alt+backspace"]],
  ["\u001b[13;2u\u001b[27;2;13~\u001b[99;5u\u001b[97u", ["shift+enter", "shift+enter", "ctrl+c", '"a"']],
  ["\u001b[Z", ["shift+tab"]],
  ["\u001b", ["escape"]],
  ["\u001b[200~one\r\ntwo\rthree\u001b[201~x", ["<one\ntwo\nthree>", '"x"']],
  ["\u001b[200~\u001b[A\u0003\u001b[201~", ["<\u001b[A\u0003>"]],
  ["\u001b[I\u001b[?1u\u001b[57441u\u001b[<0;1;1Mz", ['"z"']],
])("decodes %j", (bytes, keys) => {
  expect(decode(bytes)).toEqual(keys);
});

it("waits for the rest of what comes in pieces", () => {
  const bytes = Buffer.from("\u001b[1;5Cé\u001b[200~a\u001b[201~");
  for (let cut = 1; cut < bytes.length; cut++) {
    const decoder = new KeyDecoder();
    const keys = [...decoder.add(bytes.subarray(0, cut)), ...decoder.add(bytes.subarray(cut))].map(name);
    expect(keys, `cut at ${cut}`).toEqual(["ctrl+right", '"é"', "<a>"]);
  }
});
