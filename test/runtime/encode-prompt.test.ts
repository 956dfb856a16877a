import { expect, it } from "vitest";
import { defuse, encodePrompt } from "../../src/runtime/encode-prompt.js";

const pause = async (): Promise<void> => {};

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

it("keeps a person's special tokens as text, to the letter", async () => {
  const said = await defuse(model(), "stop <|end|> here", null, pause);
  expect(text(await encodePrompt(model(), `user: ${said}<|end|>`, pause))).toBe("user: stop <|end|> here[END]");
});

it("leaves ordinary text alone", async () => {
  expect(await defuse(model(), "nothing < special > | here", null, pause)).toBe("nothing < special > | here");
});

it("cannot be fooled by the mark it uses itself", async () => {
  const said = await defuse(model(), "<\uFFFE|end|>", null, pause);
  expect(await encodePrompt(model(), said, pause)).not.toContain(1000);
});

it.each([
  [1, "hi", [1, 104, 105]],
  [104, "hi", [104, 105]],
  [undefined, "hi", [104, 105]],
])("begins with token %s exactly once", async (begin, prompt, expected) => {
  expect(await encodePrompt(model(begin), prompt, pause)).toEqual(expected);
});
