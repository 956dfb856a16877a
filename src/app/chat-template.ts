// The chat template of a model: its file's own, or the format known for its name.
import { basename } from "node:path";
import type { Geometry } from "../gguf/geometry.js";
import { originOf } from "../model/types.js";
import { knownTemplate } from "../runtime/template/known.js";
import type { LocalModel } from "./local-model.js";

export interface ChatTemplate {
  /** Jinja. */
  readonly text: string;
  /** The name of a known format (`vicuna`); null for the file's own template. */
  readonly known: string | null;
}

/** Null for a base model: it continues text. */
export function chatTemplateOf(
  { stored, paths }: Pick<LocalModel, "stored" | "paths">,
  { chatTemplate, name }: Pick<Geometry, "chatTemplate" | "name">,
): ChatTemplate | null {
  if (chatTemplate) return { text: chatTemplate, known: null };
  const repo = stored === null ? undefined : originOf(stored)?.repo;
  const names = [repo && basename(repo), name, basename(paths[0])].filter((one) => typeof one === "string");
  const known = knownTemplate(names);
  return known === undefined ? null : { text: known.template, known: known.name };
}
