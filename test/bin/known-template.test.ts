// Models from before files had chat templates answer in the format that they were trained on.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";
import { scriptedModel } from "../support/scripted-model.js";

const home = new Home();
afterAll(() => home.remove());

const base = runnable("llama");
const VICUNA =
  "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions. USER: hi ASSISTANT:";

async function tokens(verb: string, file: string, prompt: string): Promise<number> {
  const { stdout } = await home.run([verb, file, prompt, "-n", "1", "--json=usage"]);
  return (JSON.parse(stdout) as { usage: { promptTokens: number } }).usage.promptTokens;
}

it("finds it by the file's name or the header's, says so, and writes the prompt in it", async () => {
  const byName = join(home.path, "vicuna-7b-v1.5.Q4_0.gguf");
  const byHeader = join(home.path, "model.gguf");
  writeFileSync(byName, writeGguf(base));
  writeFileSync(
    byHeader,
    writeGguf({ ...base, metadata: { ...base.metadata, "general.name": "lmsys_vicuna-7b-v1.5" } }),
  );
  for (const file of [byName, byHeader]) {
    expect((await home.run(["show", file])).stdout).toMatch(
      /chat template\s+vicuna, known for this model; an answer ends before "\\nUSER:" or " USER:"\n/,
    );
    expect(await tokens("run", file, "hi")).toBe(await tokens("complete", file, VICUNA));
  }
  const { stdout } = await home.run(["show", byName, "--json=chatTemplate,knownTemplate"]);
  expect(JSON.parse(stdout)).toEqual({ chatTemplate: true, knownTemplate: "vicuna" });
});

/** It would go on with the next question by itself. */
const endless = (template = "") =>
  scriptedModel({ script: ["Assistant:", " Rain", ".", "\n\n", "User:", " And snow?"], template });

it("ends an answer where the next question would begin, unless a text is to be completed or a grammar rules", async () => {
  const file = join(home.path, "falcon-7b-instruct.gguf");
  writeFileSync(file, endless());
  const grammar = join(home.path, "free.gbnf");
  writeFileSync(grammar, "root ::= [^\\u0000]+");
  const asked = await home.run(["run", file, "What falls?"]);
  expect([asked.code, asked.stdout]).toEqual([0, "Rain.\n"]);
  expect(asked.stderr).toBe("no chat template in the file: asked in the falcon format, known for this model\n");
  const { stdout } = await home.run(["run", file, "What falls?", "--stop", "sky", "--json=finishReason,receipt"]);
  const { finishReason, receipt } = JSON.parse(stdout);
  expect([finishReason, receipt.stop]).toEqual(["stop", ["sky", "\nUser:"]]);
  const text = "User: What falls?\n\nAssistant:";
  const completed = await home.run(["complete", file, text]);
  expect([completed.stdout, completed.stderr]).toEqual([` Rain.\n\nUser: And snow?\n`, ""]);
  const batch = await home.run(["batch", file], { stdin: '{"id":1,"prompt":"What falls?"}\n' });
  expect(JSON.parse(batch.stdout)).toMatchObject({ id: 1, text: "Rain." });
  const ruled = await home.run(["run", file, "What falls?", "--grammar", grammar]);
  expect(ruled.stdout).toBe("Rain.\n\nUser: And snow?\n");
  const own = join(home.path, "falcon-40b-instruct.gguf");
  writeFileSync(own, endless("{{ messages[0].content }}Assistant:"));
  expect(await home.run(["run", own, "What falls?"])).toMatchObject({
    stdout: "Rain.\n\nUser: And snow?\n",
    stderr: "",
  });
  const shown = JSON.parse((await home.run(["show", file, "--json=stop"])).stdout);
  expect(shown).toEqual({ stop: ["\nUser:"] });
});
