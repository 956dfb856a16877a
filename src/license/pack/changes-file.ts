// CHANGES.md of a pack: what is known of how the model was made from others, and no more than that.
import { codeSpan } from "../../model/markdown.js";
import type { Bytes } from "../../model/types.js";
import type { ModelEvidence } from "../evidence.js";
import type { PackedModel } from "./pack.js";

/** What is known of the files that the pack goes with. */
export interface KnownChanges {
  readonly variants: readonly {
    /** By the name of the file or the reference; `unknown` where they tell none. */
    readonly quant: string;
    /** By the header of the file; absent where it was not read. */
    readonly headerQuant?: string;
    readonly files: readonly { readonly path: string; readonly size: Bytes; readonly sha256?: string }[];
  }[];
}

/** Types of numbers that models are published in: a file with these was at most converted. */
const UNCHANGED = ["F32", "F16", "BF16", "unknown"];

const RELATIONS: Readonly<Record<string, string>> = {
  quantized: "a quantization of",
  finetune: "a fine-tune of",
  adapter: "an adapter for",
  merge: "a merge of",
};

/** Whether anything is known to have been changed. */
export function wasChanged({ variants }: KnownChanges, evidence: ModelEvidence | undefined): boolean {
  const isQuantized = variants.some(({ quant, headerQuant }) => !UNCHANGED.includes(headerQuant ?? quant));
  return isQuantized || (evidence?.card.baseModels.length ?? 0) > 0;
}

/** The document, in Markdown. */
export function changesFile(
  { ref, repo, commit, url }: PackedModel,
  { variants }: KnownChanges,
  evidence: ModelEvidence | undefined,
): string {
  const source =
    repo === null
      ? `${codeSpan(ref)}, a file without a repository`
      : `${codeSpan(repo)} at commit ${codeSpan(commit ?? "")}`;
  return `${[
    `# Changes to ${codeSpan(repo ?? ref)}`,
    "",
    "What was changed before the model came here, as far as its publisher and its files tell.",
    "",
    `- Source: ${source}${url === null ? "" : `, <${url}>`}.`,
    ...lineage(evidence),
    ...variants.map(quantization),
    "- Who changed what, how and when is not recorded beyond that.",
    "- oslm changed nothing: the files are what the publisher gave out.",
    ...files(variants),
    "",
    "## Your own changes",
    "",
    "None are recorded. If you change the weights, write here what you did, when, and who you are.",
  ].join("\n")}\n`;
}

function lineage(evidence: ModelEvidence | undefined): readonly string[] {
  if (evidence === undefined) return ["- What it was made from is not known: there is no model card."];
  const { card, ancestors } = evidence;
  if (card.baseModels.length === 0) return ["- Its model card names nothing that it was made from."];
  const how = RELATIONS[card.baseRelation ?? ""] ?? "made from";
  const bases = card.baseModels.slice(0, 24).map(codeSpan).join(", ");
  const known = ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  return [
    `- It is ${how} ${bases}, says its model card or the Hub.`,
    ...known.map(({ repo, commit, card: { baseModels } }) => {
      const from = baseModels.length > 0 ? `, made from ${baseModels.slice(0, 24).map(codeSpan).join(", ")}` : "";
      return `- ${codeSpan(repo)}, as of commit ${codeSpan(commit)}${from}.`;
    }),
  ];
}

function quantization({ quant, headerQuant }: KnownChanges["variants"][number]): string {
  if (headerQuant === undefined || headerQuant === "unknown") {
    return quant === "unknown"
      ? "- How its numbers are stored is not known."
      : `- Its numbers are stored as ${codeSpan(quant)}, by its name.`;
  }
  const differs = quant !== headerQuant && quant !== "unknown" ? `, though its name says ${codeSpan(quant)}` : "";
  return `- Its numbers are stored as ${codeSpan(headerQuant)}, says the header of the file${differs}.`;
}

function files(variants: KnownChanges["variants"]): readonly string[] {
  const all = variants.flatMap((variant) => variant.files);
  if (all.length === 0) return [];
  const hash = (sha256: string | undefined) => (sha256 === undefined ? "" : `, sha256 ${codeSpan(sha256)}`);
  const rows = all.map(({ path, size, sha256 }) => `- ${codeSpan(path)}, ${size} bytes${hash(sha256)}`);
  return ["", "## Files", "", ...rows];
}
