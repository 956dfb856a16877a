// Tiny models through the built program and the real engine: what each is said to be, how it answers, what was foreseen of its memory.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isLoadable } from "../../../src/gguf/architectures.js";
import { Home } from "../oslm.js";
import { runHere } from "../run-here.js";
import { WIDTH } from "./blocks.js";
import type { Recipe } from "./recipe.js";
import { tinyFamily } from "./tiny-family.js";

const MARKS = ["<|im_start|>", "<|im_end|>"];
const TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";
/** Of `abc` in this form; the last line end of a template does not count. */
const PROMPT = "<|im_start|>user\nabc<|im_end|>\n<|im_start|>assistant";

/** One start of the program for each: it loads the model. What only reads headers is done in this process. */
export function checkFamilies(families: Readonly<Record<string, Recipe>>): void {
  const home = new Home();
  const all = Object.entries(families);
  const fileOf = (arch: string) => join(home.path, `${arch}.gguf`);
  beforeAll(() => {
    for (const [arch, { vocabulary, embeds }] of all) {
      const metadata = { "general.license": "apache-2.0", ...(embeds ? {} : { "tokenizer.chat_template": TEMPLATE }) };
      writeFileSync(fileOf(arch), tinyFamily(arch, { metadata, marks: vocabulary === "wordpiece" ? [] : MARKS }));
    }
  });
  afterAll(() => home.remove());
  const ask = async <Answer>(...args: string[]): Promise<Answer> => {
    const { code, stdout, stderr } = await home.run([...args, "--json"]);
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as Answer;
  };

  it.concurrent.each(all)("%s is known, loads and answers", async (arch, { embeds = false }) => {
    expect(isLoadable(arch)).toBe(true);
    const show = await runHere(home, ["show", fileOf(arch), "--json"]);
    expect([show.code, show.stderr]).toEqual([0, ""]);
    const shown: unknown = JSON.parse(show.stdout);
    const license = { id: "apache-2.0", class: "permissive" };
    expect(shown).toMatchObject({ architecture: arch, chatTemplate: !embeds, license, fits: true });
    if (embeds) {
      const { embeddings } = await ask<{ embeddings: number[][] }>("embed", fileOf(arch), "abc");
      expect(embeddings[0]).toHaveLength(WIDTH);
      return;
    }
    const receipt = join(home.path, `${arch}.json`);
    const prompt = ["abc", "-n", "3", "--temp", "0", "--verbose", "--receipt", receipt];
    const { code, stdout, stderr } = await home.run(["run", fileOf(arch), ...prompt]);
    expect([code, stdout.length > 1]).toEqual([0, true]);
    const { promptSha256 } = JSON.parse(readFileSync(receipt, "utf8")) as { promptSha256: string };
    expect(promptSha256).toBe(createHash("sha256").update(PROMPT).digest("hex"));
    const [, counted, foreseen] = /counts (\d+) MB .* foreseen were (\d+) MB/.exec(stderr) ?? [];
    expect(Number(counted)).toBeLessThanOrEqual(Number(foreseen) + 1);
  });

  it("are under the license that their headers name", async () => {
    const { code, stdout } = await runHere(home, ["license", ...all.map(([arch]) => fileOf(arch))]);
    expect([code, stdout.match(/^license\tapache-2\.0/gm)?.length]).toEqual([0, all.length]);
  });
}
