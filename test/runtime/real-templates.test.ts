// Published chat templates, and our own, give the prompts that Python's Jinja2 gives (test/fixtures/chat-templates/README.md).
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { listKnown } from "../../src/runtime/template/known.js";
import { type Message, renderTemplate } from "../../src/runtime/template/render.js";
import { renderWithSystem } from "../../src/runtime/template/system-message.js";

type Prompt = { readonly text: string } | { readonly refused: string };
interface Expected {
  readonly sha256: string;
  readonly prompts: Readonly<Record<"plain" | "hard" | "thought" | "merged", Prompt>>;
}

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "chat-templates");
const SHARED = join(import.meta.dirname, "..", "..", "..", "shared", "templates");
/** make.py has the same. */
const NOW = new Date(2026, 10, 21, 9, 5, 7);
const TEXTS = { bosToken: "<s>", eosToken: "</s>" };
const SYSTEM = "Never shout.";

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const { plain, hard, thought } = json(join(FIXTURES, "conversations.json")) as Record<
  "plain" | "hard" | "thought",
  Message[]
>;

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

/** As TemplateRenderer does it in its thread. */
async function render(template: string, messages: readonly Message[]): Promise<Prompt> {
  const one = async (said: readonly Message[]) => renderTemplate({ template, messages: said, now: NOW, ...TEXTS });
  return renderWithSystem(one, messages).then(
    (text) => ({ text }),
    (error: Error) => ({ refused: error.message }),
  );
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
    expect(await render(template ?? "", thought)).toEqual(known.prompts.thought);
    expect(await render(template ?? "", hard)).toEqual(wanted(known));
  });
}
