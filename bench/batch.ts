// 32 prompts through `oslm batch`, several at once against one after another: `node bench/run.mjs batch [PART OF A NAME] [ROUNDS]`.
// In alternation; what counts is the time after the load, as the program itself tells it. Results are compared: the texts must not depend on
// how many run at once. Processor time, of the whole process, tells on a busy machine what the clock does not.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BIN } from "../test/support/oslm.js";
import { median, print, printMachine, run } from "./support/measure.js";
import { SYNTHETIC_MODELS } from "./support/synthetic-models.js";
import { writeModel } from "./support/write-model.js";

const PROMPTS = 32;
const AT_ONCE = [1, 2, 4, 8, 16];
const QUESTIONS = ["How do I pull a model?", "What is oslm?", "Tell me a story", "What does fit mean, and why?"];
const CASES: readonly (readonly [name: string, model: (folder: string) => string, tokens: number])[] = [
  ["demo", () => "demo", 64],
  ...SYNTHETIC_MODELS.filter(([id]) => id === "llama-60m-q8_0").map(([id, make]) => {
    const write = (folder: string): string => {
      const path = join(folder, `${id}.gguf`);
      writeModel(path, make());
      return path;
    };
    return [id, write, 16] as const;
  }),
];

interface Summary {
  readonly completionTokens: number;
  readonly seconds: number;
}

const [, , , wanted = "", rounds = "3"] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "oslm-batch-"));
const env = { HOME: join(folder, "home"), PATH: process.env.PATH ?? "" };
const input = join(folder, "in.jsonl");
const prompts = Array.from({ length: PROMPTS }, (_, id) => ({ id, prompt: QUESTIONS[id % QUESTIONS.length] }));
writeFileSync(input, prompts.map((line) => `${JSON.stringify(line)}\n`).join(""));

printMachine();
print("32 prompts", "at once", "tokens/s", "ratio", "cpu s", "texts differ");
for (const [name, write, tokens] of CASES.filter(([id]) => id.includes(wanted))) {
  const model = write(folder);
  const measured = new Map(AT_ONCE.map((count) => [count, { speeds: [] as number[], cpu: [] as number[] }]));
  const texts = new Map<number, string[]>();
  for (let round = 0; round < Number(rounds); round++) {
    for (const count of AT_ONCE) {
      const output = join(folder, `${name}-${count}-${round}.jsonl`);
      const told = join(folder, "summary.json");
      const options = ["--parallel", count, "-n", tokens, "--ctx", 512, "--temp", 0, "--json"].join(" ");
      const command = `exec "$0" "$1" batch "$2" "$3" -o "$4" ${options} > "$5"`;
      const args = ["-c", command, process.execPath, BIN, model, input, output, told];
      const { code, stderr, cpuSeconds } = await run("sh", args, { env });
      if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
      const { completionTokens, seconds } = JSON.parse(readFileSync(told, "utf8")) as Summary;
      measured.get(count)?.speeds.push(completionTokens / seconds);
      measured.get(count)?.cpu.push(cpuSeconds);
      const lines = readFileSync(output, "utf8").trim().split("\n");
      texts.set(
        count,
        lines.map((line) => (JSON.parse(line) as { text: string }).text),
      );
    }
  }
  const alone = median(measured.get(1)?.speeds ?? []);
  for (const [count, { speeds, cpu }] of measured) {
    const differ = texts.get(count)?.filter((text, index) => text !== texts.get(1)?.[index]).length ?? 0;
    const speed = median(speeds);
    print(name, String(count), speed, speed / alone, median(cpu), String(differ));
  }
}
rmSync(folder, { recursive: true });
