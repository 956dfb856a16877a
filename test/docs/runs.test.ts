// The command lines of README and docs work: each is run, in a folder of its document, or stands below with the reason why not.
// test/docs/parses.test.ts reads all of them; some documents have tests of their own, which run theirs.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DocsRoom, openDocsRoom } from "../support/docs-room.js";
import { DOCUMENTS, isCommandPage, linesOf } from "../support/documents.js";

/** By the document's name, the test that runs its lines. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "docs/batch.md": "test/bin/batch-docs.test.ts",
  "docs/embeddings.md": "test/bin/batch-docs.test.ts",
  "docs/ci.md": "test/bin/ci-recipe.test.ts",
  "docs/fit.md": "test/bin/fit-docs.test.ts",
  "docs/running.md": "test/bin/run-docs.test.ts",
};

/** What cannot be run here, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm ci && npx oslm run demo "How do I pull a model?"': "installs packages",
  "oslm run demo": "a chat wants a terminal: test/pty/",
  "oslm convert Qwen/Qwen2-0.5B-Instruct": "what another program has stored: test/bin/convert.test.ts",
  "oslm quantize ./model-f16.gguf IQ2_M -o small.gguf --imatrix imatrix.gguf":
    "wants the model's importance matrix: test/quantize/types.test.ts",
  'oslm run llava "What is this?" --image cat.png': "wants the library for images, which is installed apart",
  "oslm chat llava --image cat.png": "wants the library for images, which is installed apart",
  "oslm chat llava": "is the command before, without an image",
  'oslm run gemma3:4b "Which of the two is older?" --image a.jpg --image b.jpg --json': "the same",
  'oslm run ./model.gguf "What is this?" --image cat.png --mmproj ./mmproj-model-f16.gguf': "the same",
  "oslm license MODEL --text": "shows the form of a command line",
  "oslm license pack MODEL DIR [--name NAME] [--allow-incomplete]": "shows the form of a command line",
};

let room: DocsRoom;
/** What the documents take for granted. */
const BEFORE: readonly string[] = [
  "oslm pull qwen2:0.5b",
  "oslm pull org/model-GGUF:Q4_K_M",
  "oslm chat llama3.2:3b < questions.txt",
  "oslm chat demo < questions.txt",
];
const BEFORE_CONVERT: readonly string[] = [
  "oslm convert ./Llama-3.2-1B",
  "oslm convert ./my-adapter --base ./Llama-3.2-1B -o other.gguf",
];

beforeAll(async () => {
  room = await openDocsRoom();
  for (const line of BEFORE) await works(line, "README.md");
  for (const line of BEFORE_CONVERT) await works(line, "docs/convert.md");
});
afterAll(() => room.close());

async function works(line: string, document: string): Promise<void> {
  const { code, stderr } = await room.sh(line, document.replace(/\W/g, "-"));
  expect([code, line], stderr).toEqual([0, line]);
}

const lines = DOCUMENTS.filter((path) => !isCommandPage(path) && !(path in ELSEWHERE)).flatMap((path) =>
  linesOf(path).map(({ line }) => [path, line] as const),
);
const runs = lines.filter(([, line]) => !(line in NOT_RUN));

it.each(runs)("%s: %s", (document, line) => works(line, document));

it("leaves no line out without a reason", () => {
  const shown = lines.map(([, line]) => line);
  for (const line of Object.keys(NOT_RUN)) expect(shown).toContain(line);
  expect(lines.length - runs.length).toBe(Object.keys(NOT_RUN).length);
  expect(runs.length).toBeGreaterThanOrEqual(40);
  for (const [path, test] of Object.entries(ELSEWHERE)) {
    expect(readFileSync(new URL(`../../${test}`, import.meta.url), "utf8")).toContain(
      path.replace(/^docs\/(batch|embeddings)\.md$/, "docs/%s.md"),
    );
  }
});
