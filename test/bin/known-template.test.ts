// Models from before files had chat templates answer in the format that they were trained on.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

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
    expect((await home.run(["show", file])).stdout).toMatch(/chat template\s+vicuna, known for this model\n/);
    expect(await tokens("run", file, "hi")).toBe(await tokens("complete", file, VICUNA));
  }
  const { stdout } = await home.run(["show", byName, "--json=chatTemplate,knownTemplate"]);
  expect(JSON.parse(stdout)).toEqual({ chatTemplate: true, knownTemplate: "vicuna" });
});
