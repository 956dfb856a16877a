// Prompts that Python's Jinja2 made of chat templates (test/fixtures/chat-templates/README.md), and the templates that are here.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { listKnown } from "../../src/runtime/template/known.js";
import { type Message, renderTemplate } from "../../src/runtime/template/render.js";
import { renderWithSystem } from "../../src/runtime/template/system-message.js";

export type Prompt = { readonly text: string } | { readonly refused: string };
type Conversation = "plain" | "hard" | "thought";
interface Expected {
  readonly sha256: string;
  readonly prompts: Readonly<Record<Conversation | "merged", Prompt>>;
}

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "chat-templates");
const SHARED = join(import.meta.dirname, "..", "..", "..", "shared", "templates");
/** make.py has the same. */
const NOW = new Date(2026, 10, 21, 9, 5, 7);
const TEXTS = { bosToken: "<s>", eosToken: "</s>" };
const SYSTEM = "Never shout.";

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const conversations = json(join(FIXTURES, "conversations.json")) as Record<Conversation, Message[]>;

/** By their hashes: our own, and what lies beside this repository. */
const texts = new Map<string, string>();
const keep = (template: string) => texts.set(createHash("sha256").update(template).digest("hex"), template);
for (const { template } of listKnown()) keep(template.join("\n"));
for (const folder of [SHARED, process.env.CHAT_TEMPLATES ?? ""]) {
  if (!existsSync(folder)) continue;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".jinja"))) {
    keep(readFileSync(join(folder, file), "utf8"));
  }
}

const fileOf = (name: string) => join(FIXTURES, "prompts", `${name}.json`);

/** Of all templates whose prompts are stored. */
export function templateNames(): string[] {
  return readdirSync(join(FIXTURES, "prompts")).map((file) => file.replace(/\.json$/, ""));
}

/** The text of the template whose prompts are stored under this name; undefined where that is not on this machine. */
export function templateText(name: string): string | undefined {
  return existsSync(fileOf(name)) ? texts.get((json(fileOf(name)) as Expected).sha256) : undefined;
}

/** What oslm makes of it, and what it should, for each conversation. */
export async function comparePrompts(name: string, template: string): Promise<readonly (readonly [Prompt, Prompt])[]> {
  const known = json(fileOf(name)) as Expected;
  const { plain, hard, thought } = conversations;
  return [
    [await render(template, plain), known.prompts.plain],
    [await render(template, thought), known.prompts.thought],
    [await render(template, hard), wanted(known)],
  ];
}

/** `yes` and `no` where the template is here; `by hash` where only its prompts are known, `none` without these. */
export async function rendersAsStored(name: string): Promise<"yes" | "no" | "by hash" | "none"> {
  if (!existsSync(fileOf(name))) return "none";
  const template = templateText(name);
  if (template === undefined) return "by hash";
  const prompts = await comparePrompts(name, template);
  return prompts.every(([made, stored]) => isDeepStrictEqual(made, stored)) ? "yes" : "no";
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
