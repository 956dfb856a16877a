// What past loads on this machine were foreseen to take, and what they took.
import { correctionFrom } from "../fit/calibrate.js";
import type { LoadRecord } from "../model/load-record.js";
import type { Bytes } from "../model/types.js";
import type { World } from "./world.js";

export interface AuditedLoad extends LoadRecord {
  /** Of the prediction, in percent of what was measured; positive when it was too high. */
  readonly error: number;
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
    const error = record.measured > 0 ? (record.predicted / record.measured - 1) * 100 : 0;
    return { ...record, error: Math.round(error * 10) / 10 };
  });
  return { loads: loads.reverse(), correction: correctionFrom(records) };
}
