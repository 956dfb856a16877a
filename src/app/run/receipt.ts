// What oslm replay needs: all that decided an answer, with the prompt and the answer themselves.
import { OslmError } from "../../errors.js";
import { ANSWER_BOUNDS, type Bounds, isWithin } from "../../model/answer-bounds.js";
import type { AdapterFile, Sampling } from "../../runtime/engine.js";
import type { Message } from "../../runtime/template/render.js";
import { sha256Of } from "../../store/hash-file.js";
import { hashText } from "../../store/hash-text.js";
import type { ConstraintSource } from "./constraint.js";
import { type LocalModel, recordedHash } from "./local-model.js";
import type { RawText, Receipt, Seen } from "./session.js";

/** The field `receipt` of `oslm run --json`: facts and hashes only, so that it can be passed on. */
export interface PublicReceipt extends Omit<Receipt, "lora" | "guessed" | "seen"> {
  readonly version: 1;
  readonly oslm: string;
  readonly modelSha256: string;
  readonly outputSha256: string;
  readonly lora?: readonly HashedAdapter[];
  readonly guessed?: true;
  /** The hashes of the images before the prompt, in their order, where there are any. */
  readonly images?: readonly string[];
  readonly projectorSha256?: string;
}

export interface HashedAdapter {
  readonly sha256: string;
  readonly scale: number;
}

/** What was shown, as hashes. The projector is read only where the store does not know it. */
export async function hashSeen(
  { projector, images }: Seen,
  local: Pick<LocalModel, "stored">,
): Promise<Pick<Required<PublicReceipt>, "images" | "projectorSha256">> {
  const projectorSha256 = recordedHash(local, projector) ?? (await sha256Of(projector));
  return { images: images.map(({ sha256 }) => sha256), projectorSha256 };
}

/** The file of `--receipt`. */
export interface FullReceipt extends PublicReceipt {
  readonly lora?: readonly (HashedAdapter & AdapterFile)[];
  readonly seen?: Seen;
  /** Of `oslm complete`. */
  readonly raw?: RawText;
  readonly model: { readonly ref: string; readonly path: string; readonly commit: string | null };
  readonly messages: readonly Message[];
  readonly constraint: ConstraintSource | null;
  readonly output: { readonly text: string; readonly thinking: string };
}

type Check = (value: unknown) => boolean;
const text: Check = (value) => typeof value === "string";
const maybeText: Check = (value) => value === null || text(value);
const flag: Check = (value) => typeof value === "boolean";
const oneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);
const numberFrom =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === "number" && value >= low && value <= high;
const wholeFrom =
  (low: number, high: number): Check =>
  (value) =>
    Number.isInteger(value) && numberFrom(low, high)(value);
const within =
  (bounds: Bounds): Check =>
  (value) =>
    isWithin(value, bounds);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(checks).every(([name, check]) => check((value as Record<string, unknown>)[name]));

const NOT_THERE = oneOf(undefined);
const TOKENS = wholeFrom(1, 2 ** 27);
const { maxTokens: MAX_TOKENS, ...others } = ANSWER_BOUNDS;
const SAMPLING: Readonly<Record<keyof Sampling, Bounds>> = others;
const CHECKS: Readonly<Record<keyof FullReceipt, Check>> = {
  version: oneOf(1),
  oslm: text,
  modelSha256: text,
  outputSha256: text,
  engine: fields({ engine: text, release: text, backend: text }),
  sampling: fields(Object.fromEntries(Object.entries(SAMPLING).map(([name, bounds]) => [name, within(bounds)]))),
  stop: listOf((value) => text(value) && value !== ""),
  maxTokens: either(oneOf(null), within(MAX_TOKENS)),
  thinking: oneOf(null, "on", "off"),
  ctx: TOKENS,
  threads: wholeFrom(1, 1024),
  gpuLayers: wholeFrom(0, 10_000),
  batch: TOKENS,
  mapped: flag,
  kvType: oneOf("f16", "q8_0", "q4_0"),
  templateSha256: maybeText,
  at: (value) => text(value) && !Number.isNaN(Date.parse(String(value))),
  promptSha256: text,
  grammarSha256: maybeText,
  model: fields({ ref: text, path: text, commit: maybeText }),
  messages: listOf(fields({ role: oneOf("system", "user", "assistant"), content: text })),
  constraint: either(
    oneOf(null),
    fields({ kind: oneOf("json") }),
    fields({ kind: oneOf("schema", "grammar"), file: text, text }),
  ),
  output: fields({ text, thinking: text }),
  lora: either(NOT_THERE, listOf(fields({ path: text, sha256: text, scale: numberFrom(-100, 100) }))),
  guessed: oneOf(undefined, true),
  images: either(NOT_THERE, listOf(text)),
  projectorSha256: either(NOT_THERE, text),
  seen: either(NOT_THERE, fields({ projector: text, images: listOf(fields({ file: text, sha256: text })) })),
  raw: either(NOT_THERE, fields({ suffix: either(NOT_THERE, text) })),
};

/**
 * @param file for messages
 * @throws OslmError usage for what is no receipt and for one without the prompt, receipt-edited where answer and hash disagree
 */
export function readReceipt(content: string, file: string): FullReceipt {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw refused(file, "It is no JSON.");
  }
  const all = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  if ("receipt" in all || ("promptSha256" in all && !("messages" in all))) {
    throw refused(file, "It has the hash of the prompt, not the prompt, as the results of --json do.");
  }
  const wrong = Object.entries(CHECKS).find(([name, check]) => !check(all[name]));
  if (wrong !== undefined) throw refused(file, `Its field ${wrong[0]} is missing or makes no sense.`);
  const receipt = value as FullReceipt;
  const { outputSha256: expected, output } = receipt;
  // The hash is of the answer as it was printed: without the white space around it, but for a text that was continued.
  const actual = hashText(receipt.raw ? output.text : output.text.trim());
  if (actual !== expected) throw new OslmError("receipt-edited", { file, expected, actual });
  return receipt;
}

function refused(file: string, detail: string): OslmError<"usage"> {
  const problem = `${file} is not a receipt that can be replayed`;
  return new OslmError("usage", { problem, detail, help: 'oslm run MODEL "prompt" --receipt FILE   writes one' });
}
