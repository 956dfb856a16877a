// What past loads on this machine were foreseen to take, what they took, and what oslm has learned from them.
import { correctionFrom, LEAST, tellingLoads } from "../fit/calibrate.js";
import type { LoadRecord } from "../model/load-record.js";
import type { Bytes } from "../model/types.js";
import type { World } from "./world.js";

export interface AuditedLoad extends LoadRecord {
  /** Of the prediction, in percent of what was measured; positive when it was too high. */
  readonly error: number;
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
}

export async function auditFit(world: World): Promise<FitAudit> {
  const log = await world.loads();
  const records = await log.read();
  const loads = records.map((record) => {
    const error = record.measured > 0 ? (record.predicted / record.measured - 1) * 100 : 0;
    return { ...record, error: Math.round(error * 10) / 10 };
  });
  const { bandwidth = null, bandwidthMeasuredAt = null } = await world.host();
  return { loads: loads.reverse(), ...calibration(log.path, records), bandwidth, bandwidthMeasuredAt };
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
