// What past loads on this machine were foreseen to take, what they took, and what oslm has learned from them.
import { correctionFrom, LEAST, tellingLoads } from "../../fit/calibrate.js";
import type { EngineCount, LoadRecord } from "../../model/load-record.js";
import type { Bytes, Host } from "../../model/types.js";
import type { World } from "../world.js";

export interface AuditedLoad extends Omit<LoadRecord, "engine"> {
  /** Of the prediction, in percent of what was measured; positive when it was too high. */
  readonly error: number;
  /** The same for what the engine counts as its own; null for old records. */
  readonly engine: (EngineCount & { readonly error: number }) | null;
}

/** What predictions on this machine are corrected by, and why. */
export interface Calibration {
  /** Where loads are recorded. */
  readonly file: string;
  /** Bytes that predictions on this machine are now raised by. */
  readonly correction: Bytes;
  /** How many recorded loads tell of it, and how many it takes. */
  readonly telling: number;
  readonly needed: number;
  /** Of the latest of these, ISO 8601; null where there is none. */
  readonly lastAt: string | null;
}

export interface FitAudit extends Calibration {
  /** Latest first. */
  readonly loads: readonly AuditedLoad[];
  /** Bytes per second that decoding gets out of RAM, and when that was measured; null where it was not. */
  readonly bandwidth: number | null;
  readonly bandwidthMeasuredAt: string | null;
  /** What the memory was measured to deliver, of which few cores get less; disturbed by other programs it may be faster. */
  readonly memorySpeed: Host["memorySpeed"] | null;
  /** Physical ones. */
  readonly cores: number;
}

export async function auditFit(world: World): Promise<FitAudit> {
  const log = await world.loads();
  const records = await log.read();
  const loads = records.map((record) => {
    const { predicted, measured, engine } = record;
    const counted = engine && { ...engine, error: errorOf(engine.foreseen, engine.counted) };
    return { ...record, error: errorOf(predicted, measured), engine: counted ?? null };
  });
  const { bandwidth = null, bandwidthMeasuredAt = null, memorySpeed = null, cores } = await world.host();
  const speed = { bandwidth, bandwidthMeasuredAt, memorySpeed, cores };
  return { loads: loads.reverse(), ...calibration(log.path, records), ...speed };
}

/** A log that cannot be read corrects nothing. */
export async function calibrationHere(world: World): Promise<Calibration> {
  const log = await world.loads();
  return calibration(log.path, await log.read().catch(() => []));
}

function calibration(file: string, records: readonly LoadRecord[]): Calibration {
  const telling = tellingLoads(records);
  const correction = correctionFrom(records);
  return { file, correction, telling: telling.length, needed: LEAST, lastAt: telling.at(-1)?.at ?? null };
}

/** In percent, with one decimal. */
function errorOf(predicted: Bytes, measured: Bytes): number {
  return measured > 0 ? Math.round((predicted / measured - 1) * 1000) / 10 : 0;
}
