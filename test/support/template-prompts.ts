// Prompts that Python's Jinja2 made of chat templates (test/fixtures/chat-templates/README.md), and the templates that are here.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { renderConversation } from "../../src/runtime/template/conversation.js";
import { listKnown } from "../../src/runtime/template/known.js";
import type { Message } from "../../src/runtime/template/render.js";
import { publishedTemplates } from "./published-templates.js";

export type Prompt = { readonly text: string } | { readonly refused: string };
type Conversation = "plain" | "hard" | "thought";
type Prompts = Readonly<Record<Conversation | "merged", Prompt>>;
interface Expected {
  readonly sha256: string;
  readonly prompts: Prompts;
  /** Of a template that leaves out the question, or refuses it, as a text: with contents that are lists of parts. */
  readonly parts?: Prompts;
}

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "chat-templates");
const SHARED = join(import.meta.dirname, "..", "..", "..", "shared", "templates");
/** make.py has the same. */
const NOW = new Date(2026, 10, 21, 9, 5, 7);
const TEXTS = { bosToken: "<s>", eosToken: "</s>" };

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const CONVERSATIONS: readonly Conversation[] = ["plain", "thought", "hard"];
const conversations = json(join(FIXTURES, "conversations.json")) as Record<Conversation, Message[]>;

/** By their hashes: our own, those of a package, and what lies beside this repository. */
const texts = new Map<string, string>();
const keep = (template: string) => texts.set(createHash("sha256").update(template).digest("hex"), template);
for (const { template } of listKnown()) keep(template.join("\n"));
for (const { text } of publishedTemplates()) keep(text);
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
export function comparePrompts(name: string, template: string): readonly (readonly [Prompt, Prompt])[] {
  const { prompts, parts = prompts } = json(fileOf(name)) as Expected;
  const ways = [prompts, parts];
  return CONVERSATIONS.map((one) => {
    const known = ways.flatMap((way) => (one === "hard" ? [way.hard, way.merged] : [way[one]]));
    return compare(render(template, conversations[one]), firstWhole(known, conversations[one]));
  });
}

/** `yes` and `no` where the template is here; `by hash` where only its prompts are known, `none` without these. */
export function rendersAsStored(name: string): "yes" | "no" | "by hash" | "none" {
  if (!existsSync(fileOf(name))) return "none";
  const template = templateText(name);
  if (template === undefined) return "by hash";
  const prompts = comparePrompts(name, template);
  return prompts.every(([made, stored]) => isDeepStrictEqual(made, stored)) ? "yes" : "no";
}

function render(template: string, messages: readonly Message[]): Prompt {
  try {
    return { text: renderConversation({ template, messages, now: NOW, ...TEXTS }) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

/** The first that has all that was asked and the system's text: where a template has no place for it, that is in the first question. */
function firstWhole(known: readonly Prompt[], messages: readonly Message[]): Prompt {
  const asked = messages.filter(({ role }) => role !== "assistant").map(({ content }) => content.trim());
  const whole = (prompt: Prompt) => "text" in prompt && asked.every((text) => prompt.text.includes(text));
  const [first] = known;
  return known.find(whole) ?? (first as Prompt);
}

/** A refusal in the template's own words is the same in both engines; each has its own for an error. */
function compare(made: Prompt, stored: Prompt): readonly [Prompt, Prompt] {
  if (!("refused" in stored && "refused" in made)) return [made, stored];
  const own = /^TemplateError: (.*)$/s.exec(stored.refused)?.[1];
  return [made, { refused: own ?? made.refused }];
}
