// What people give that is nearly right: the message names what they have, and what helps.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeModel } from "../support/checkpoints/family.js";
import { writeFolder } from "../support/checkpoints/folder.js";
import { GPTS } from "../support/checkpoints/gpt.js";
import { LLAMAS } from "../support/checkpoints/llama.js";
import { makePeft, writePeft } from "../support/checkpoints/peft.js";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { wideModel } from "../support/wide-model.js";

const home = new Home();
const at = (...names: string[]) => join(home.path, ...names);
const run = (...args: string[]) => home.run(args, { cwd: home.path });
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;
const LFS = [8, /is a pointer of Git LFS[\s\S]*Try: git lfs install, and git lfs pull/] as const;

beforeAll(() => {
  const [llama, gpt] = [LLAMAS[0], GPTS[0]];
  if (llama === undefined || gpt === undefined) throw new Error("no family");
  writeFolder(at("tiny"));
  for (const [folder, file] of [
    ["lfs", "model.safetensors"],
    ["lfs-json", "tokenizer.json"],
  ] as const) {
    cpSync(at("tiny"), at(folder), { recursive: true });
    writeFileSync(at(folder, file), POINTER);
  }
  mkdirSync(at("lfs-torch"));
  for (const name of ["config.json", "tokenizer.json", "tokenizer_config.json"]) {
    cpSync(at("tiny", name), at("lfs-torch", name));
  }
  writeFileSync(at("lfs-torch", "pytorch_model.bin"), POINTER);
  mkdirSync(at("gpt2"));
  writeFileSync(at("gpt2", "config.json"), JSON.stringify(gpt.config));
  writePeft(at("adapter"), makePeft(makeModel(llama), { modules: ["model.layers.0.self_attn.q_proj"] }));
  writeFileSync(at("wide.gguf"), writeGguf(wideModel("F16", 1)));
  cpSync(at("wide.gguf"), at("twin.gguf"));
  writeFileSync(at("text.txt"), "one two three ".repeat(100));
});
afterAll(() => home.remove());

it.each<[string, string, number, RegExp]>([
  ["weights that Git LFS did not fetch", "convert lfs", ...LFS],
  ["a tokenizer that Git LFS did not fetch", "convert lfs-json", ...LFS],
  ["PyTorch files that Git LFS did not fetch", "convert lfs-torch", ...LFS],
  ["a base of another kind", "convert adapter --base gpt2", 2, /no adapter for[\s\S]*architecture gpt2/],
  ["a folder to run", "run ./tiny hello", 3, /is a folder[\s\S]*Try: oslm convert \S*tiny/],
  ["a folder to quantize", "quantize ./tiny Q8_0", 3, /Try: oslm convert \S*tiny/],
  ["a short name of a type", "quantize ./wide.gguf q4", 2, /Did you mean Q4_K_M\?/],
  ["a type without its dashes", "convert tiny --type q5ks", 2, /Did you mean Q5_K_S\?/],
  ["a type that nothing is like", "convert tiny --type zip", 2, /There are F32, /],
  [
    "too few tokens",
    "quantize --compare ./wide.gguf ./twin.gguf --text text.txt --tokens 5",
    2,
    /--tokens 5 is too few/,
  ],
  ["a type that a checkpoint does not go into", "convert tiny --type Q1_0", 9, /^(?!.*(hollow|oslm-plan))/s],
])("%s", async (_, command, code, message) => {
  const { stderr, ...result } = await run(...command.split(" "));
  expect([result.code, stderr]).toEqual([code, expect.stringMatching(message)]);
});
