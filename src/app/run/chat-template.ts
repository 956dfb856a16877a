// The chat template of a model: its file's own, or the format known for its name.
import { basename } from "node:path";
import type { Geometry } from "../../gguf/geometry.js";
import { originOf } from "../../model/types.js";
import { knownTemplate } from "../../runtime/template/known.js";
import { TOO_LONG } from "../../runtime/template/longest.js";
import type { LocalModel } from "./local-model.js";

export interface ChatTemplate {
  /** Jinja. */
  readonly text: string;
  /** The name of a known format (`vicuna`); null for the file's own template. */
  readonly known: string | null;
  /** Texts that end an answer in a known format; a file's own template leaves that to the model. */
  readonly stop: readonly string[];
}

/** In place of a template that was not even kept: whoever asks it for a prompt is told why there is none. */
const REFUSAL = `{{ raise_exception("${TOO_LONG}") }}`;

/** Null for a base model: it continues text. */
export function chatTemplateOf(
  { stored, paths }: Pick<LocalModel, "stored" | "paths">,
  { chatTemplate, name }: Pick<Geometry, "chatTemplate" | "name">,
): ChatTemplate | null {
  if (chatTemplate) return { text: typeof chatTemplate === "string" ? chatTemplate : REFUSAL, known: null, stop: [] };
  const repo = stored === null ? undefined : originOf(stored)?.repo;
  const names = [repo && basename(repo), name, basename(paths[0])].filter((one) => typeof one === "string");
  return knownFormat(names);
}

/** The format that is known for one of these names. */
export function knownFormat(names: readonly string[]): ChatTemplate | null {
  const known = knownTemplate(names);
  return known === undefined ? null : { text: known.template, known: known.name, stop: known.stop };
}

/** What ends an answer: what was asked for, and the format's own marks unless a grammar or a raw text says what follows. */
export function endsOf(template: ChatTemplate | null, asked: readonly string[], free: boolean): readonly string[] {
  return free && template !== null ? [...new Set([...asked, ...template.stop])] : asked;
}
