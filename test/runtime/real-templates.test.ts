// Published chat templates, and our own, give the prompts that Python's Jinja2 gives (test/fixtures/chat-templates/README.md).
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isOslmError } from "../../src/errors.js";
import { listKnown } from "../../src/runtime/template/known.js";
import type { Message } from "../../src/runtime/template/render.js";
import { TemplateRenderer } from "../../src/runtime/template/renderer.js";

type Prompt = { readonly text: string } | { readonly refused: string };
interface Expected {
  readonly sha256: string;
  readonly prompts: Readonly<Record<"plain" | "hard" | "merged", Prompt>>;
}

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "chat-templates");
const SHARED = join(import.meta.dirname, "..", "..", "..", "shared", "templates");
const WORKER = new URL("../../dist/parts/worker.js", import.meta.url);
/** make.py has the same. */
const NOW = new Date(2026, 10, 21, 9, 5, 7);
const TEXTS = { bosToken: "<s>", eosToken: "</s>" };
const SYSTEM = "Never shout.";

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const { plain, hard } = json(join(FIXTURES, "conversations.json")) as Record<"plain" | "hard", Message[]>;

/** Templates by their hashes: our own, and what lies beside this repository. */
const published = new Map<string, string>();
const keep = (template: string) => published.set(createHash("sha256").update(template).digest("hex"), template);
for (const { template } of listKnown()) keep(template.join("\n"));
for (const folder of [SHARED, process.env.CHAT_TEMPLATES ?? ""]) {
  if (!existsSync(folder)) continue;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".jinja"))) {
    keep(readFileSync(join(folder, file), "utf8"));
  }
}

async function render(template: string, messages: readonly Message[]): Promise<Prompt> {
  const renderer = new TemplateRenderer({ file: "m.gguf", template, now: NOW }, WORKER);
  try {
    return { text: await renderer.render(messages, TEXTS) };
  } catch (error) {
    if (!isOslmError(error, "bad-template")) throw error;
    return { refused: error.facts.reason };
  } finally {
    await renderer.dispose();
  }
}

/** Where a template has no place for the system's text, what it gives for that text in the first question. */
function wanted({ prompts }: Expected): Prompt {
  const has = (prompt: Prompt) => "text" in prompt && prompt.text.includes(SYSTEM);
  return has(prompts.hard) || !has(prompts.merged) ? prompts.hard : prompts.merged;
}

for (const file of readdirSync(join(FIXTURES, "prompts"))) {
  const known = json(join(FIXTURES, "prompts", file)) as Expected;
  const template = published.get(known.sha256);
  it.skipIf(template === undefined)(`renders ${file.replace(/\.json$/, "")} to the letter`, async () => {
    expect(await render(template ?? "", plain)).toEqual(known.prompts.plain);
    expect(await render(template ?? "", hard)).toEqual(wanted(known));
  });
}
