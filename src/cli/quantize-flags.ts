// The flags of `oslm quantize` that name types.
import { InvalidArgumentError } from "commander";
import { OslmError } from "../errors.js";
import { suggest } from "../model/suggest.js";
import { FILE_TYPES, type FileType, fileType } from "../quantize/file-types.js";
import { weightType } from "../quantize/tensor-type.js";

/** @throws OslmError usage with the types there are */
export function typeOfFile(text: string): FileType {
  const type = fileType(text);
  if (type !== undefined) return type;
  const problem = `${JSON.stringify(text)} is no type to quantize to`;
  const meant = nearestType(text);
  if (meant !== undefined)
    throw new OslmError("usage", { problem, detail: `Did you mean ${meant}?`, help: `the same with ${meant}` });
  throw new OslmError("usage", {
    problem,
    detail: `There are ${FILE_TYPES.map(({ label }) => label).join(", ")}.`,
    help: "one of these, or   --to-fit",
  });
}

/** As people shorten it: `q4km`, `q4-k`, `4bit`; of several the usual mixture. */
function nearestType(text: string): string | undefined {
  const bare = (name: string) => name.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const wanted = bare(text).replace(/^(?:INT)?(\d)(?:BITS?)?$/, "Q$1");
  if (wanted.length < 2) return undefined;
  const labels = FILE_TYPES.map(({ label }) => label).filter((label) => bare(label).startsWith(wanted));
  return (
    labels.find((label) => label.endsWith("_K_M")) ??
    labels[0] ??
    suggest(
      text,
      FILE_TYPES.map(({ label }) => label),
      1,
    )[0]
  );
}

export function typeOfTensor(text: string): number {
  const type = weightType(text);
  if (type !== undefined) return type;
  throw new InvalidArgumentError("It must be a type of tensors, such as q8_0, q6_k, iq4_xs or f16.");
}

export type TensorRule = readonly [pattern: string, type: number];

/** Of `PATTERN=TYPE`, collected; the first that matches a tensor's name counts. */
export function tensorRule(text: string, before: readonly TensorRule[] = []): TensorRule[] {
  const at = text.lastIndexOf("=");
  const pattern = text.slice(0, at);
  if (at < 1) throw new InvalidArgumentError("It must be PATTERN=TYPE, such as ffn_down=q6_k.");
  try {
    new RegExp(pattern);
  } catch {
    throw new InvalidArgumentError(`${JSON.stringify(pattern)} is no regular expression.`);
  }
  return [...before, [pattern, typeOfTensor(text.slice(at + 1))]];
}
