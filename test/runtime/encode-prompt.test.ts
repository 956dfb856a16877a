import { expect, it } from "vitest";
import { defuse, encodePrompt } from "../../src/runtime/encode-prompt.js";

/** A tokenizer with one special token, `<|end|>` = 1000, and characters for the rest. */
const model = (beginToken?: number) => ({
  beginToken,
  specialToken: (token: number) => (token === 1000 ? { text: "<|end|>", control: true } : undefined),
  tokenize: (text: string, special: boolean) =>
    (special ? text.split(/(<\|end\|>)/) : [text]).flatMap((part) =>
      part === "<|end|>" && special ? [1000] : [...part].map((letter) => letter.codePointAt(0) ?? 0),
    ),
});
const text = (tokens: readonly number[]) =>
  tokens.map((t) => (t === 1000 ? "[END]" : String.fromCodePoint(t))).join("");

it("keeps a person's special tokens as text, to the letter", () => {
  const said = defuse(model(), "stop <|end|> here", null);
  expect(text(encodePrompt(model(), `user: ${said}<|end|>`))).toBe("user: stop <|end|> here[END]");
});

it("leaves ordinary text alone", () => {
  expect(defuse(model(), "nothing < special > | here", null)).toBe("nothing < special > | here");
});

it("cannot be fooled by the mark it uses itself", () => {
  const said = defuse(model(), "<\uFFFE|end|>", null);
  expect(encodePrompt(model(), said)).not.toContain(1000);
});

it.each([
  [1, "hi", [1, 104, 105]],
  [104, "hi", [104, 105]],
  [undefined, "hi", [104, 105]],
])("begins with token %s exactly once", (begin, prompt, expected) => {
  expect(encodePrompt(model(begin), prompt)).toEqual(expected);
});
