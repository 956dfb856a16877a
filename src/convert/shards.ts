// Checkpoints in several files, by the names that publishers give them: model-00002-of-00003.safetensors.
import { OslmError } from "../errors.js";

const SHARD = /^(.+)-\d{5}-of-(\d{5}\.(?:safetensors|bin))$/;

/** What the parts of one checkpoint have in common; undefined for other names. */
function wholeOf(name: string): string | undefined {
  const [, stem, rest] = SHARD.exec(name) ?? [];
  return stem === undefined ? undefined : `${stem} ${rest}`;
}

/** @throws OslmError malformed-checkpoint for a part in the folder that the index does not name: its tensors would be left out */
export function checkShards(names: readonly string[], index: string, named: readonly string[]): void {
  const wholes = new Set(named.map(wholeOf));
  const other = names.find((name) => wholeOf(name) !== undefined && wholes.has(wholeOf(name)) && !named.includes(name));
  if (other === undefined) return;
  throw new OslmError("malformed-checkpoint", { file: index, reason: `it leaves out ${other}, which is there` });
}

/** @throws OslmError malformed-checkpoint for parts in a folder without an index */
export function refuseLooseShards(names: readonly string[]): void {
  const shard = names.find((name) => wholeOf(name) !== undefined);
  if (shard === undefined) return;
  const index = shard.endsWith(".bin") ? "pytorch_model.bin.index.json" : "model.safetensors.index.json";
  throw new OslmError("malformed-checkpoint", {
    file: shard,
    reason: `it is one of several files, and ${index}, which says what is where, is not there`,
  });
}
