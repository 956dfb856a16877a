// How a conversation becomes a prompt. transformers keeps templates in files of their own since 4.52 and prefers those.

import type { MetadataPair } from "../../gguf/write-header.js";
import { isObject, type JsonObject } from "../read-json.js";
import { MAX_TEMPLATE_BYTES, type ReadFile, readObject, readText } from "./files.js";
import { malformed, shown } from "./malformed.js";
import { text } from "./pair.js";

/** Beside chat_template.jinja; others than these two have no use in transformers. */
const ADDITIONAL = ["tool_use", "rag"] as const;
const MAX_TEMPLATES = 64;

interface Template {
  readonly name: string;
  readonly template: string;
}

/** @throws OslmError malformed-checkpoint */
export async function chatTemplates(read: ReadFile, config: JsonObject | null): Promise<readonly MetadataPair[]> {
  const templates =
    (await fromFiles(read)) ?? fromObject("tokenizer_config.json", config) ?? (await fromJson(read)) ?? [];
  const pairs: MetadataPair[] = [];
  const names: string[] = [];
  for (const { name, template } of templates) {
    if (name === "default") pairs.unshift(text("tokenizer.chat_template", template));
    else if (!names.includes(name)) {
      names.push(name);
      pairs.push(text(`tokenizer.chat_template.${name}`, template));
    }
  }
  if (names.length > 0) pairs.push(["tokenizer.chat_templates", { type: "string", value: names }]);
  return pairs;
}

async function fromFiles(read: ReadFile): Promise<readonly Template[] | undefined> {
  const first = await readText(read, "chat_template.jinja", MAX_TEMPLATE_BYTES);
  if (first === null) return undefined;
  const templates = [{ name: "default", template: first }];
  for (const name of ADDITIONAL) {
    const template = await readText(read, `additional_chat_templates/${name}.jinja`, MAX_TEMPLATE_BYTES);
    if (template !== null) templates.push({ name, template });
  }
  return templates;
}

async function fromJson(read: ReadFile): Promise<readonly Template[] | undefined> {
  return fromObject("chat_template.json", await readObject(read, "chat_template.json"));
}

/** One template, or a list of named ones. */
function fromObject(file: string, object: JsonObject | null): readonly Template[] | undefined {
  const given = object?.chat_template;
  if (given === undefined || given === null) return undefined;
  const list: readonly unknown[] = Array.isArray(given) ? given : [{ name: "default", template: given }];
  if (list.length > MAX_TEMPLATES) throw malformed(file, `it has ${list.length} chat templates`);
  const seen = new Set<string>();
  return list.map((one) => {
    const { name, template } = isObject(one) ? one : {};
    if (typeof name !== "string" || typeof template !== "string")
      throw malformed(file, `${shown(one)} is no chat template`);
    if (Buffer.byteLength(template) > MAX_TEMPLATE_BYTES) {
      throw malformed(file, `the chat template ${shown(name)} has more than ${MAX_TEMPLATE_BYTES} bytes`);
    }
    // They become parts of keys.
    const plain = name.replace(/[^A-Za-z0-9]/g, "_").slice(0, 64);
    if (plain === "" || seen.has(plain)) throw malformed(file, `two chat templates are named ${shown(plain)}`);
    seen.add(plain);
    return { name: plain, template };
  });
}
