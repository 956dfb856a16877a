// What llama.cpp itself counts of a load, beside what was foreseen of that.
import type { EngineCount } from "../model/load-record.js";
import type { Bytes, Estimate, Host } from "../model/types.js";
import { computeBytes, estimate, type LoadSettings } from "./memory.js";
import type { LoadPlan, PlanSubject } from "./plan-load.js";
import { say } from "./say.js";

/** A difference is told from here on, where both are exceeded. */
const TELLING_SHARE = 0.1;
const TELLING_BYTES: Bytes = 64_000_000;

/** The plan of a load, with what was asked for besides. */
type CountedLoad = Pick<LoadPlan, "ctx" | "kvType" | "batch" | "gpuLayers" | "useMmap"> &
  Partial<Pick<LoadSettings, "sequences" | "embedding" | "adapters">>;

/**
 * Bytes that the engine ought to count: weights, cache and buffers, not the process. On the processor it reserves logits of a whole
 * batch, of which an estimate has only the last token's: the rest is never touched.
 */
export function foreseenByFormula(
  { geometry, weights }: PlanSubject,
  load: CountedLoad,
  { gpus }: Pick<Host, "gpus">,
): Bytes {
  const { ctx, kvType, batch, gpuLayers, useMmap, sequences = 1, embedding = false, adapters = 0 } = load;
  const settings = { ctx, kvType, batch };
  const shared = { sequences, embedding, adapters };
  const whole = estimate(geometry, { ...settings, ...shared, weights, gpuLayers, gpus, useMmap });
  const reserved = (outputs: number) => computeBytes(geometry, { ...settings, outputs });
  const untouched = gpuLayers > geometry.blocks || embedding ? 0 : reserved(batch) - reserved(sequences);
  return whole.weights + whole.kvCache + whole.compute + untouched;
}

/** The estimate with the engine's count in place of the formulas': what differs is laid to the buffers in RAM. */
export function countedByEngine(one: Estimate, { counted, foreseen }: EngineCount): Estimate {
  const beyond = counted - foreseen;
  const [ram, ...others] = one.perDevice;
  return {
    ...one,
    total: one.total + beyond,
    compute: one.compute + beyond,
    perDevice: ram === undefined ? [] : [{ ...ram, bytes: ram.bytes + beyond }, ...others],
    method: "engine",
  };
}

/** Both figures as a sentence, a warning where they are far apart. */
export function sayEngineCount({ counted, foreseen }: EngineCount): string {
  const beyond = Math.abs(counted - foreseen);
  const differs = beyond > TELLING_BYTES && beyond > foreseen * TELLING_SHARE;
  const figures = `llama.cpp counts ${say(counted)} for weights, cache and buffers, foreseen were ${say(foreseen)}`;
  return differs ? `warning: ${figures}; please report this model` : figures;
}
