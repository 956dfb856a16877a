// Models that think before they answer. Statement numbers are those of the checklist in the design.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Home, type Result } from "../support/oslm.js";
import { GO, scriptedModel } from "../support/scripted-model.js";

const home = new Home();
afterAll(() => home.remove());

const THOUGHT = ["<think>", "Let me ", "see < 2, </thi", "</think>", "\n\n"];
const ANSWER = ['{"a"', ": 1", "}"];
const MESSAGES = "{% for m in messages %}{{ m.content }}{% endfor %}";
/** A switch as Qwen 3 has it. */
const SWITCH = `${MESSAGES}{{ '${GO}' }}{% if enable_thinking is defined and not enable_thinking %}{{ '<think></think>' }}{% endif %}`;
const MAY = `${MESSAGES}{% if false %}<think>{% endif %}{{ '${GO}' }}`;
const OPEN = `${MESSAGES}{{ '${GO}<think>' }}`;

function model(name: string, template: string, script = [...THOUGHT, ...ANSWER]): string {
  writeFileSync(join(home.path, name), scriptedModel({ script, template }));
  return `./${name}`;
}
const run = (file: string, ...args: string[]): Promise<Result> =>
  home.run(["run", file, "hi", ...args], { cwd: home.path });
const may = model("may.gguf", MAY);
const open = model("open.gguf", OPEN);
const schema = "s.json";
writeFileSync(join(home.path, schema), JSON.stringify({ properties: { a: { type: "integer" } }, required: ["a"] }));

it("53: writes thinking to stderr and the answer to stdout, apart in JSON; --think=hide drops it", async () => {
  const [text, hidden, json, begun] = await Promise.all([
    run(may),
    run(may, "--think=hide"),
    run(may, "--json"),
    run(open, "--json"),
  ]);
  expect(text).toEqual({ code: 0, stdout: '{"a": 1}\n', stderr: "Let me see < 2, </thi\n" });
  expect(hidden).toEqual({ code: 0, stdout: '{"a": 1}\n', stderr: "" });
  for (const { stdout } of [json, begun]) {
    expect(JSON.parse(stdout)).toMatchObject({ text: '{"a": 1}', thinking: "Let me see < 2, </thi" });
  }
});

it.each([
  ["begins the block itself", may],
  ["is put into the block by its template", open],
])("52: lets the grammar begin after the thinking of a model that %s", async (_, file) => {
  const { code, stdout } = await run(file, "--schema", schema, "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ json: { a: 1 }, thinking: "Let me see < 2, </thi" });
});

it("knows thinking by its marks where they are control tokens, too", async () => {
  const script = [...THOUGHT, ...ANSWER];
  writeFileSync(
    join(home.path, "control.gguf"),
    scriptedModel({ script, template: MAY, control: ["<think>", "</think>"] }),
  );
  const [free, shaped] = await Promise.all([
    run("./control.gguf", "--json"),
    run("./control.gguf", "--json", "--schema", schema),
  ]);
  for (const { stdout } of [free, shaped]) {
    expect(JSON.parse(stdout)).toMatchObject({ text: '{"a": 1}', thinking: "Let me see < 2, </thi" });
  }
});

it("lets a grammar of a person's own begin there, too, and takes the line breaks for no part of it", async () => {
  writeFileSync(join(home.path, "g.gbnf"), `root ::= "{" [^}]+ "}"\n`);
  const { code, stdout } = await run(may, "--grammar", "g.gbnf");
  expect([code, stdout]).toEqual([0, '{"a": 1}\n']);
});

it("guides at once a model that does not think although it may", async () => {
  const file = model("direct.gguf", MAY, ["Well", ...ANSWER]);
  expect((await run(file)).stdout).toBe('Well{"a": 1}\n');
  // What the script would say is no JSON, so the engine has to say something else.
  const { code, stdout } = await run(file, "--schema", schema, "-n", "40");
  expect([code, stdout]).toEqual([expect.toBeOneOf([0, 9]), expect.not.stringContaining("Well")]);
});

it("asks for no thinking with --think=off: by the template's switch, and by an empty block where it has none", async () => {
  const prompt = async (file: string, ...args: string[]) =>
    JSON.parse((await run(file, "--json", "-n", "2", ...args)).stdout) as {
      usage: { promptTokens: number };
      thinking?: string;
    };
  const switched = model("switch.gguf", SWITCH);
  for (const file of [switched, may, open]) {
    const [free, off] = await Promise.all([prompt(file), prompt(file, "--think=off")]);
    expect(off.usage.promptTokens).toBeGreaterThan(free.usage.promptTokens);
    expect(off.thinking).toBeUndefined();
    expect(free.thinking).toBeDefined();
  }
});

it("takes the mode of --think only behind =, so that a prompt may follow", async () => {
  const { code, stdout } = await home.run(["run", may, "--think", "hi"], { cwd: home.path });
  expect([code, stdout]).toEqual([0, '{"a": 1}\n']);
  expect(await run(may, "--think=loud")).toMatchObject({ code: 2, stdout: "" });
});

it("warns of a model that only thinks, and says so in JSON", async () => {
  // Of its switch it heeds nothing.
  const switched = `${MESSAGES}{{ '${GO}' }}{% if enable_thinking %}{{ '' }}{% else %}{% if false %}<think>{% endif %}{% endif %}`;
  const file = model("endless.gguf", switched, ["<think>", "never ", "ends"]);
  const [shown, hidden, off, short, json] = await Promise.all([
    run(file),
    run(file, "--think=hide"),
    run(file, "--think=off"),
    run(file, "--think=hide", "-n", "2"),
    run(file, "--think=hide", "--json=text,thinking,onlyThought,finishReason"),
  ]);
  const warning = "warning: the model thought and gave no answer; --think=off asks for one at once\n";
  expect(shown).toEqual({ code: 0, stdout: "\n", stderr: `never ends\n${warning}` });
  expect(hidden).toEqual({ code: 0, stdout: "\n", stderr: warning });
  expect(off.stderr).toContain("gave no answer; another --seed");
  expect(short.stderr).toContain("cut after 2 tokens, as asked by -n; until there the model only thought");
  expect(short.stderr).toContain("a larger -n makes room");
  expect(JSON.parse(json.stdout)).toEqual({ text: "", onlyThought: true, finishReason: "stop" });
  expect(json.stderr).toBe("");
  expect(JSON.parse((await run(may, "--json")).stdout)).not.toHaveProperty("onlyThought");
});
