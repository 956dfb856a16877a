// A model without a chat template goes on with the text; the engine's library would put it into the form of Llama 2.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

const home = new Home();
afterAll(() => home.remove());

it("reads of a prompt no token more with run than with complete", async () => {
  const file = join(home.path, "base.gguf");
  writeFileSync(file, writeGguf(runnable("llama")));
  const tokens = async (verb: string): Promise<number> => {
    const { stdout } = await home.run([verb, file, "Once upon a time", "-n", "1", "--json=usage"]);
    return (JSON.parse(stdout) as { usage: { promptTokens: number } }).usage.promptTokens;
  };
  // A token for each letter, the first one of all texts, and the space that the tokenizer puts before.
  const read = await tokens("run");
  expect([read, read]).toEqual([await tokens("complete"), "Once upon a time".length + 2]);
});
