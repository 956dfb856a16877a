// Chat templates wherever publishers have put them.
import { expect, it } from "vitest";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { failureOf } from "../../support/failure-of.js";
import { tinyTokenizer } from "../../support/tiny-tokenizer.js";

async function templatesOf(files: Readonly<Record<string, unknown>>) {
  const pairs = await readVocabulary(folderOf({ "tokenizer.json": tinyTokenizer(), ...files }));
  return Object.fromEntries(
    pairs.flatMap(([key, { value }]) =>
      key.startsWith("tokenizer.chat") ? [[key.slice("tokenizer.".length), value]] : [],
    ),
  );
}
const config = (chat_template: unknown) => ({ "tokenizer_config.json": { chat_template } });

it.each([
  ["none", {}, {}],
  ["one in tokenizer_config.json", config("{{ a }}"), { chat_template: "{{ a }}" }],
  ["one in chat_template.json", { "chat_template.json": { chat_template: "b" } }, { chat_template: "b" }],
  [
    "a file of its own, which counts most",
    { ...config("a"), "chat_template.jinja": "c\nü" },
    { chat_template: "c\nü" },
  ],
  [
    "files beside it",
    { "chat_template.jinja": "c", "additional_chat_templates/tool_use.jinja": "t" },
    { chat_template: "c", "chat_template.tool_use": "t", chat_templates: ["tool_use"] },
  ],
  [
    "several with names",
    config([
      { name: "tool use.x", template: "t" },
      { name: "default", template: "d" },
    ]),
    { chat_template: "d", "chat_template.tool_use_x": "t", chat_templates: ["tool_use_x"] },
  ],
])("reads %s", async (_, files, expected) => {
  expect(await templatesOf(files)).toEqual(expected);
});

it.each([
  ["a number", config(5)],
  ["a list of texts", config(["a"])],
  ["a template without a name", config([{ template: "a" }])],
  [
    "two of the same name",
    config([
      { name: "a b", template: "1" },
      { name: "a_b", template: "2" },
    ]),
  ],
  ["more than anybody needs", config(Array.from({ length: 65 }, (_, at) => ({ name: `t${at}`, template: "" })))],
  ["a megabyte", config("x".repeat(1024 * 1024 + 1))],
  ["a file of a megabyte", { "chat_template.jinja": "x".repeat(1024 * 1024 + 1) }],
  ["no text", { "chat_template.jinja": Uint8Array.of(0xff, 0xfe) }],
])("refuses %s", async (_, files) => {
  expect(await failureOf(templatesOf(files))).toMatchObject({ code: "malformed-checkpoint" });
});
