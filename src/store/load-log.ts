// The file of past loads: a line each, the latest hundred.
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { EngineCount, LoadRecord } from "../model/load-record.js";
import { parseObject } from "../model/parse-object.js";
import type { Bytes } from "../model/types.js";
import { ensureFolder, peek, writeAtomic } from "./files.js";

const KEPT = 100;
/** A line takes some 250 bytes. */
const MAX_BYTES: Bytes = 1024 * 1024;

export class LoadLog {
  constructor(private readonly path: string) {}

  /** Oldest first; lines that make no sense are passed over, and so is a file that cannot be ours. */
  async read(): Promise<readonly LoadRecord[]> {
    const stat = await peek(this.path);
    if (!stat?.isFile() || stat.size > MAX_BYTES) return [];
    const lines = (await readFile(this.path, "utf8")).split("\n");
    return lines.flatMap((line) => decode(line) ?? []).slice(-KEPT);
  }

  /** Two processes that end at the same moment may lose one record: it is only a measurement. */
  async add(record: LoadRecord): Promise<void> {
    const records = [...(await this.read()), record].slice(-KEPT);
    const folder = dirname(this.path);
    await ensureFolder(folder, folder);
    await writeAtomic(this.path, records.map((one) => `${JSON.stringify(one)}\n`).join(""));
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
