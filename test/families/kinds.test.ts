// What kinds of models do: base models go on with a text, code models fill in the middle, thinking stands apart, tools are recognized.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { skillsOf } from "../../src/runtime/template/skills.js";
import { tinyFamily } from "../support/families/tiny-family.js";
import { Home } from "../support/oslm.js";
import { runHere } from "../support/run-here.js";
import { GO, scriptedModel } from "../support/scripted-model.js";
import { templateText } from "../support/template-prompts.js";

const home = new Home();
afterAll(() => home.remove());

function file(name: string, bytes: Buffer): string {
  const path = join(home.path, `${name}.gguf`);
  writeFileSync(path, bytes);
  return path;
}

it.concurrent.each(["bloom", "gpt2", "falcon", "starcoder"])("%s goes on with a text, and says so", async (arch) => {
  const model = file(`base-${arch}`, tinyFamily(arch));
  const ask = ["Once upon a time", "-n", "3", "--temp", "0"];
  const [run, completed] = await Promise.all([home.run(["run", model, ...ask]), home.run(["complete", model, ...ask])]);
  expect([run.code, run.stdout]).toEqual([0, completed.stdout]);
  expect(run.stderr).toContain("a base model, without a chat template: it goes on with the text");
  expect(completed.stderr).not.toContain("base model");
  const json = await home.run(["run", model, ...ask, "--json"]);
  expect([json.stderr, JSON.parse(json.stdout)]).toMatchObject(["", { receipt: { templateSha256: null } }]);
});

it.concurrent.each([
  ["StarCoder", "starcoder", ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"]],
  ["CodeLlama", "llama", ["\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>"]],
  [
    "DeepSeek Coder",
    "llama",
    ["<\uFF5Cfim\u2581begin\uFF5C>", "<\uFF5Cfim\u2581hole\uFF5C>", "<\uFF5Cfim\u2581end\uFF5C>"],
  ],
  ["Qwen 2.5 Coder", "qwen2", ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"]],
  // Mistral's own order: the suffix first, and no mark for the middle.
  ["Codestral", "mistral3", ["[PREFIX]", "[SUFFIX]"]],
])("%s fills in the middle with its own marks", async (name, arch, marks) => {
  const model = file(`code-${name.replaceAll(" ", "-")}`, tinyFamily(arch, { marks }));
  const { code, stdout, stderr } = await home.run(["complete", model, "abcd", "--suffix", "ef", "-n", "2", "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  const begin = arch === "llama" ? 1 : 0;
  expect(JSON.parse(stdout)).toMatchObject({ usage: { promptTokens: begin + marks.length + "abcdef".length } });
});

const said = (marks: string): string =>
  `{% if false %}${marks}{% endif %}{% for m in messages %}{{ m.content }}{% endfor %}${GO}`;

it.concurrent.each([
  ["Ministral", ["[THINK]", "why", "[/THINK]"], "[THINK]"],
  ["Seed-OSS", ["<seed:think>", "why", "</seed:think>"], "<seed:think>"],
  ["Command A", ["<|START_THINKING|>", "why", "<|END_THINKING|>"], "<|START_THINKING|>"],
  ["Gemma 4", ["<|channel>", "thought", "why", "<channel|>"], "<|channel>thought"],
])("%s has its thinking apart, also before a schema", async (name, script, marks) => {
  const control = script.filter((text) => /[<[]/.test(text));
  const bytes = scriptedModel({ script: [...script, '{"a"', ": 1", "}"], control, template: said(marks) });
  const model = file(`thinks-${name.replaceAll(" ", "-")}`, bytes);
  const schema = join(home.path, "schema.json");
  writeFileSync(schema, JSON.stringify({ properties: { a: { type: "integer" } }, required: ["a"] }));
  for (const more of [[], ["--schema", schema]]) {
    const { code, stdout } = await home.run(["run", model, "hi", "--json", ...more]);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { text: '{"a": 1}', thinking: "why" }]);
  }
});

/** The id of a script's first token: before it stand 260 of the small vocabulary, and the mark it begins after. */
const FIRST = 261;

it("gpt-oss has its channels apart: analysis is thinking, the rest is the answer", async () => {
  const script = ["<|channel|>", "analysis", "<|message|>", "why", "<|end|>", "<|start|>", "assistant"];
  // Where a vocabulary has these, and ends texts with another, llama.cpp does not end an answer at `<|end|>`.
  const ends = ["<|return|>", "<|call|>"];
  const template = said("<|channel|>analysis<|message|>");
  // A script has no token twice, so the answer's channel is one that a tokenizer would spell in pieces.
  const whole = [...script, "<|chan", "nel|>final", "<|mess", "age|>", "because", ...ends];
  const control = whole.filter((text) => text.startsWith("<|") && text.endsWith("|>"));
  const metadata = { "tokenizer.ggml.eot_token_id": FIRST + whole.indexOf("<|return|>") };
  const bytes = scriptedModel({ script: whole, control, template, metadata });
  const { code, stdout } = await home.run(["run", file("gpt-oss", bytes), "hi", "--json"]);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { text: "because", thinking: "why" }]);
});

const PUBLISHED: readonly (readonly [name: string, tools: boolean, thinking: boolean])[] = [
  ["meta-llama-Llama-3.1-8B-Instruct", true, false],
  ["meta-llama-Llama-3.3-70B-Instruct", true, false],
  ["Qwen-Qwen2.5-7B-Instruct", true, false],
  ["mistralai-Mistral-Nemo-Instruct-2407", true, false],
  ["fireworks-ai-llama-3-firefunction-v2", true, false],
  ["google-gemma-2-2b-it", false, false],
  ["microsoft-Phi-3.5-mini-instruct", false, false],
  ["deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", false, true],
];
for (const [name, tools, thinking] of PUBLISHED) {
  const template = templateText(name);
  it.skipIf(template === undefined)(`knows of the template of ${name} whether it takes tools and thinks`, () => {
    expect(skillsOf(template ?? null)).toEqual({ tools, thinking });
  });
}

it("shows whether a template takes tools and thinks", async () => {
  const show = async (name: string, template: string) => {
    const metadata = { "tokenizer.chat_template": template };
    const { stdout } = await runHere(home, ["show", file(name, tinyFamily("qwen3", { metadata }))]);
    return stdout.match(/^(tools|thinking)\t.*$/gm);
  };
  const tools = "{%- if tools %}{{ tools | tojson }}{% endif %}<think>";
  expect(await show("tools", tools)).toEqual(["tools\tyes", "thinking\tyes"]);
  expect(await show("none", "{{ 'no tools here' }}, nor do tools outside of tags count")).toEqual([
    "tools\tno",
    "thinking\tno",
  ]);
});
