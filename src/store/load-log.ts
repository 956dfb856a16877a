// The file of past loads: a line each, the latest hundred.
import type { EngineCount, LoadRecord } from "../model/load-record.js";
import { parseObject } from "../model/parse-object.js";
import type { Bytes } from "../model/types.js";
import { SmallFile } from "./small-file.js";

const KEPT = 100;
/** A line takes some 250 bytes. */
const MAX_BYTES: Bytes = 1024 * 1024;

export class LoadLog {
  readonly #file: SmallFile;

  constructor(readonly path: string) {
    this.#file = new SmallFile(path, MAX_BYTES);
  }

  /** Oldest first; lines that make no sense are passed over, and so is a file that cannot be ours. */
  async read(): Promise<readonly LoadRecord[]> {
    const lines = (await this.#file.read()).split("\n");
    return lines.flatMap((line) => decode(line) ?? []).slice(-KEPT);
  }

  /** Two processes that end at the same moment may lose one record: it is only a measurement. */
  async add(record: LoadRecord): Promise<void> {
    const records = [...(await this.read()), record].slice(-KEPT);
    await this.#file.replace(records.map((one) => `${JSON.stringify(one)}\n`).join(""));
  }
}

const KV_TYPES: readonly unknown[] = ["f16", "q8_0", "q4_0"] satisfies LoadRecord["kvType"][];

function decode(line: string): LoadRecord | undefined {
  const { at, ref, ctx, kvType, gpuLayers, mapped, predicted, correction, measured, engine } = parseObject(line) ?? {};
  if (typeof at !== "string" || Number.isNaN(Date.parse(at)) || typeof ref !== "string") return undefined;
  if (!KV_TYPES.includes(kvType) || typeof mapped !== "boolean") return undefined;
  const sizes = [ctx, gpuLayers, predicted, measured];
  if (!sizes.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)) return undefined;
  if (!Number.isSafeInteger(correction)) return undefined;
  const record = { at, ref, ctx, kvType, gpuLayers, mapped, predicted, correction, measured } as LoadRecord;
  return isCount(engine) ? { ...record, engine } : record;
}

function isCount(value: unknown): value is EngineCount {
  if (typeof value !== "object" || value === null) return false;
  const { counted, foreseen } = value as Partial<Record<keyof EngineCount, unknown>>;
  return [counted, foreseen].every((size) => Number.isSafeInteger(size) && Number(size) >= 0);
}
