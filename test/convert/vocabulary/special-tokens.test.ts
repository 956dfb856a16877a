// What tokens are for: from the files that say so, and as the engine then uses them.
import { expect, it } from "vitest";
import { readVocabulary } from "../../../src/convert/vocabulary/read-vocabulary.js";
import { folderOf } from "../../support/checkpoint-folder.js";
import { added, tinyTokenizer } from "../../support/tiny-tokenizer.js";
import { withVocabulary } from "../../support/vocabulary-engine.js";

const FIRST = 261;
const MARKS = [
  "<s>",
  "</s>",
  "<|im_start|>",
  "<|im_end|>",
  "<|fim_prefix|>",
  "<|fim_suffix|>",
  "<|fim_middle|>",
  "<stop>",
];
const [BOS, EOS, , END, PREFIX, SUFFIX, MIDDLE, STOP] = MARKS.map((_, at) => FIRST + at);
const template = (...parts: string[]) => ({
  type: "TemplateProcessing",
  single: parts.map((part) =>
    part === "A" ? { Sequence: { id: "A", type_id: 0 } } : { SpecialToken: { id: part, type_id: 0 } },
  ),
  pair: [],
});

async function idsOf(files: Readonly<Record<string, unknown>>, post_processor: object | null = null) {
  const tokenizer = tinyTokenizer({ added_tokens: MARKS.map((mark, at) => added(FIRST + at, mark)), post_processor });
  const pairs = await readVocabulary(folderOf({ "tokenizer.json": tokenizer, ...files }));
  const found = Object.fromEntries(
    pairs.flatMap(([key, { type, value }]) =>
      type === "uint32" || type === "bool" ? [[key.replace("tokenizer.ggml.", ""), value]] : [],
    ),
  );
  const engine = await withVocabulary(pairs, (vocabulary) => ({
    bos: vocabulary.tokenBos(),
    eos: vocabulary.tokenEos(),
    adds: [vocabulary.shouldPrependBosToken(), vocabulary.shouldAppendEosToken()],
    ends: MARKS.filter((_, at) => vocabulary.isEogToken(FIRST + at)),
  }));
  return { found, engine };
}

const INFILL = { fim_pre_token_id: PREFIX, fim_suf_token_id: SUFFIX, fim_mid_token_id: MIDDLE };

it("knows nothing but names when no file says more", async () => {
  const { found, engine } = await idsOf({});
  expect(found).toEqual({ eot_token_id: END, ...INFILL, add_bos_token: false, add_eos_token: false });
  expect(engine.adds).toEqual([false, false]);
});

it("takes names from tokenizer_config.json before numbers from config.json", async () => {
  const { found, engine } = await idsOf({
    "tokenizer_config.json": {
      bos_token: { content: "<s>" },
      eos_token: "<|im_end|>",
      unk_token: null,
      pad_token: "gone",
    },
    "config.json": { bos_token_id: 5, eos_token_id: 6, pad_token_id: [7], sep_token_id: 999_999, mask_token_id: -1 },
  });
  expect(found).toMatchObject({ bos_token_id: BOS, eos_token_id: END, padding_token_id: 7 });
  expect(found).not.toHaveProperty("unknown_token_id");
  expect(found).not.toHaveProperty("seperator_token_id");
  expect(found).not.toHaveProperty("mask_token_id");
  expect(engine).toMatchObject({ bos: BOS, eos: END });
});

it("takes names from special_tokens_map.json too", async () => {
  const { found } = await idsOf({ "special_tokens_map.json": { bos_token: "<s>", cls_token: { content: "</s>" } } });
  expect(found).toMatchObject({ bos_token_id: BOS, cls_token_id: EOS });
});

it("ends with each of several ends", async () => {
  const { found, engine } = await idsOf({
    "tokenizer_config.json": { eos_token: "</s>" },
    "generation_config.json": { eos_token_id: [EOS, STOP, END] },
  });
  expect(engine.ends).toEqual(["</s>", "<|im_end|>", "<stop>"]);
  expect(found).toMatchObject({ eos_token_id: EOS, eot_token_id: END, eom_token_id: STOP });
});

it("ends with three that nobody would know by their names, and with a fourth that all know", async () => {
  const { engine } = await idsOf({
    "tokenizer_config.json": { eos_token: "</s>" },
    "config.json": { eos_token_id: EOS },
    "generation_config.json": { eos_token_id: [STOP, MIDDLE] },
  });
  expect(engine.ends).toEqual(["</s>", "<|im_end|>", "<|fim_middle|>", "<stop>"]);
});

it.each([
  ["a template", template("<s>", "A"), { bos_token: "<s>" }, [true, false]],
  ["a template with an end", template("<s>", "A", "</s>"), { bos_token: "<s>", eos_token: "</s>" }, [true, true]],
  [
    "a template in a sequence",
    { type: "Sequence", processors: [{ type: "ByteLevel" }, template("<s>", "A")] },
    {},
    [true, false],
  ],
  ["a template that adds nothing", template("A"), { bos_token: "<s>" }, [false, false]],
  ["a template with another token", template("<|im_start|>", "A"), { bos_token: "<s>" }, [false, false]],
  ["no template", null, { bos_token: "<s>", eos_token: "</s>" }, [false, false]],
  [
    "the configuration over a template",
    template("<s>", "A"),
    { bos_token: "<s>", add_bos_token: false },
    [false, false],
  ],
  ["the configuration alone", null, { eos_token: "</s>", add_eos_token: true }, [false, true]],
  // The engine would end the process.
  ["a wish for a token that there is not", null, { add_bos_token: true, add_eos_token: true }, [false, false]],
])("adds tokens around a text by %s", async (_, processor, config, adds) => {
  const { engine } = await idsOf({ "tokenizer_config.json": config }, processor);
  expect(engine.adds).toEqual(adds);
});
