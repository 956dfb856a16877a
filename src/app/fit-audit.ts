// What past loads on this machine were foreseen to take, and what they took.
import { correctionFrom } from "../fit/calibrate.js";
import type { EngineCount, LoadRecord } from "../model/load-record.js";
import type { Bytes } from "../model/types.js";
import type { World } from "./world.js";

export interface AuditedLoad extends Omit<LoadRecord, "engine"> {
  /** Of the prediction, in percent of what was measured; positive when it was too high. */
  readonly error: number;
  /** The same for what the engine counts as its own; null for old records. */
  readonly engine: (EngineCount & { readonly error: number }) | null;
}

export interface FitAudit {
  /** Latest first. */
  readonly loads: readonly AuditedLoad[];
  /** Bytes that predictions on this machine are now raised by. */
  readonly correction: Bytes;
}

export async function auditFit(world: World): Promise<FitAudit> {
  const records = await (await world.loads()).read();
  const loads = records.map((record) => {
    const { predicted, measured, engine } = record;
    const counted = engine && { ...engine, error: errorOf(engine.foreseen, engine.counted) };
    return { ...record, error: errorOf(predicted, measured), engine: counted ?? null };
  });
  return { loads: loads.reverse(), correction: correctionFrom(records) };
}

/** In percent, with one decimal. */
function errorOf(predicted: Bytes, measured: Bytes): number {
  return measured > 0 ? Math.round((predicted / measured - 1) * 1000) / 10 : 0;
}
