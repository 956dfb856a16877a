// How to load one model on one host: the context asked for, as much of the model on the GPU as fits, and why.
import type { Geometry } from "../gguf/geometry.js";
import type { Bytes, Estimate, Host, Tokens } from "../model/types.js";
import { findShortage, gpusHold, marginOf, ramNeeded, type Shortage, usableRam } from "./capacity.js";
import { chooseBatch, chooseMmap, chooseThreads } from "./load-policy.js";
import { estimate, type KvType, mappedExtra } from "./memory.js";
import { say, sayShortage } from "./say.js";
import { asksForSpeed, decodingBandwidth, expectedTokensPerSecond } from "./speed.js";
import type { Weights } from "./weights.js";

/** Context when nobody asks for one: enough for a chat and a few pages, and bounded, since models claim up to a million. */
export const DEFAULT_CTX: Tokens = 8192;
/** Offered as the smallest context that is of any use. */
const SMALLEST_CTX: Tokens = 512;

/** What the user asked for. Nothing asked is ever changed; the rest is chosen. */
export interface LoadWishes {
  readonly ctx?: Tokens;
  readonly kvType?: KvType;
  readonly gpuLayers?: number;
  readonly batch?: Tokens;
  readonly threads?: number;
  /** For vectors of texts, not for answers. */
  readonly embedding?: boolean;
  /** Texts computed at once, each with the whole context. */
  readonly sequences?: number;
  readonly adapters?: Bytes;
  readonly projector?: Bytes;
  readonly draft?: Bytes;
}

export interface LoadPlan {
  readonly fits: true;
  readonly ctx: Tokens;
  readonly gpuLayers: number;
  readonly threads: number;
  readonly batch: Tokens;
  readonly kvType: KvType;
  readonly sequences: number;
  readonly embedding: boolean;
  readonly useMmap: boolean;
  /** With the file read into memory: by it the load is judged. */
  readonly estimate: Estimate;
  /**
   * Of RAM, what the process will hold at most if loaded so. A mapped file adds what is repacked from it; its own pages are in here
   * too, and the system may take them back.
   */
  readonly peak: Bytes;
  /** What of the estimate past loads on this machine have added. */
  readonly correction: Bytes;
  readonly expectedTokensPerSecond: number;
  /** The context that the model was trained with, 0 where that is not known; `ctx` is longer only when that was asked for. */
  readonly trainedFor: Tokens;
  readonly reasons: readonly string[];
}

export interface NoLoadPlan {
  readonly fits: false;
  /** Of the attempt that came closest. */
  readonly estimate: Estimate;
  readonly shortage: Shortage;
  /** The largest context that would fit, with the KV type it takes; null when none of use does. */
  readonly instead: { readonly ctx: Tokens; readonly kvType: KvType } | null;
  readonly reasons: readonly string[];
}

export interface PlanSubject {
  readonly geometry: Geometry;
  readonly weights: Weights;
}

/** Levers in order: fewer layers on the GPU, then a smaller KV type. Never a smaller context. */
export function planLoad(subject: PlanSubject, host: Host, given: LoadWishes = {}): LoadPlan | NoLoadPlan {
  const wishes = host.gpuLayers === undefined ? given : { gpuLayers: host.gpuLayers, ...given };
  const { geometry, weights } = subject;
  const ctx = wishes.ctx ?? defaultContext(geometry);
  const { fit, closest, shortage } = tryLevers(subject, host, wishes, ctx);
  if (fit === null) {
    const instead = smallerContext(subject, host, wishes, ctx);
    const [need, have] = sayShortage(shortage.need, shortage.have);
    const where = deviceName(shortage.device) + besides(closest, shortage);
    const reason = `needs ${need} of ${where} at a context of ${ctx}, usable are ${have}`;
    return { fits: false, estimate: closest, shortage, instead, reasons: [reason] };
  }
  const useMmap = chooseMmap(ramNeeded(fit), usableRam(host), host);
  const peak = peakOf(subject, fit, useMmap);
  const threads = wishes.threads ?? chooseThreads(weights.total, host);
  return {
    fits: true,
    ctx,
    gpuLayers: fit.gpuLayers,
    threads,
    batch: batchOf(wishes, ctx, fit.gpuLayers),
    kvType: fit.kvType,
    sequences: wishes.sequences ?? 1,
    embedding: wishes.embedding ?? false,
    useMmap,
    estimate: fit,
    peak,
    correction: host.correction ?? 0,
    expectedTokensPerSecond: expectedTokensPerSecond(geometry, { weights, gpuLayers: fit.gpuLayers, ctx }, host),
    trainedFor: geometry.ctxTrain,
    reasons: explain(subject, host, wishes, { fit, useMmap, peak }),
  };
}

/** Where none is asked for. */
export function defaultContext({ ctxTrain }: Geometry): Tokens {
  return Math.min(DEFAULT_CTX, ctxTrain || DEFAULT_CTX);
}

/** A context shorter than a batch leaves no use for a whole one (llama.cpp does the same). */
function batchOf({ batch }: LoadWishes, ctx: Tokens, gpuLayers: number): Tokens {
  return Math.min(batch ?? chooseBatch(gpuLayers), ctx);
}

interface Attempt {
  readonly fit: Estimate | null;
  readonly closest: Estimate;
  readonly shortage: Shortage;
}

function tryLevers(subject: PlanSubject, host: Host, wishes: LoadWishes, ctx: Tokens): Attempt {
  const { gpus } = host;
  const everything = gpus.length === 0 ? 0 : subject.geometry.blocks + 1;
  const most = Math.min(everything, wishes.gpuLayers ?? everything);
  const least = wishes.gpuLayers === undefined ? 0 : most;
  let closest: Attempt | null = null;
  for (const kvType of kvTypes(subject.geometry, wishes)) {
    const attempt = (gpuLayers: number): Attempt => {
      const { correction = 0 } = host;
      const settings = {
        ...wishes,
        correction,
        weights: subject.weights,
        ctx,
        kvType,
        batch: batchOf(wishes, ctx, gpuLayers),
        gpuLayers,
        gpus,
      };
      const result = estimate(subject.geometry, settings);
      const shortage = findShortage(result, host);
      return { fit: shortage === null ? result : null, closest: result, shortage: shortage ?? NO_SHORTAGE };
    };
    // An Apple GPU takes from the RAM too: where it is too much with the GPU, it may fit without.
    const held = mostOnGpus((gpuLayers) => gpusHold(attempt(gpuLayers).closest, host), least, most);
    for (const gpuLayers of new Set([held, least])) {
      const one = attempt(gpuLayers);
      if (one.fit !== null) return one;
      if (closest === null || lack(one) < lack(closest)) closest = one;
    }
  }
  if (closest === null) throw new RangeError("no KV type to try");
  return closest;
}

const NO_SHORTAGE: Shortage = { device: "ram", need: 0, have: 0 };

function lack({ shortage }: Attempt): Bytes {
  return shortage.need - shortage.have;
}

/** The most layers that the GPUs have room for, whatever is left for the RAM: each takes more on them and less there. */
function mostOnGpus(hold: (gpuLayers: number) => boolean, least: number, most: number): number {
  let [low, high] = [least, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (hold(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** F16, then Q8_0 where the engine can: a quantized cache needs heads of whole blocks of 32. */
export function kvTypes({ headDimK, headDimV }: Geometry, { kvType }: LoadWishes): readonly KvType[] {
  if (kvType !== undefined) return [kvType];
  return headDimK % 32 === 0 && headDimV % 32 === 0 ? ["f16", "q8_0"] : ["f16"];
}

function smallerContext(subject: PlanSubject, host: Host, wishes: LoadWishes, ctx: Tokens): NoLoadPlan["instead"] {
  for (let smaller = 2 ** Math.ceil(Math.log2(ctx) - 1); smaller >= SMALLEST_CTX; smaller /= 2) {
    const { fit } = tryLevers(subject, host, wishes, smaller);
    if (fit !== null) return { ctx: smaller, kvType: fit.kvType };
  }
  return null;
}

function deviceName(device: string): string {
  return device === "ram" ? "RAM" : `VRAM (${device})`;
}

/** What lies on GPUs while the RAM is short; nothing where they take it from the RAM. */
function besides({ perDevice: [inRam, ...onGpus] }: Estimate, { device: short, need }: Shortage): string {
  if (short !== "ram" || onGpus.length === 0 || need !== inRam?.bytes) return "";
  const others = onGpus.map(({ device, bytes }) => `${say(bytes)} of ${deviceName(device)}`);
  return ` beside ${others.join(" and ")}`;
}

/** What an estimate's load holds in RAM at most, if the file is mapped. */
export function peakOf({ geometry, weights }: PlanSubject, fit: Estimate, useMmap: boolean): Bytes {
  return ramNeeded(fit) + (useMmap ? mappedExtra(geometry, weights, fit) : 0);
}

/** What a load needs of each device, beside what there is of RAM. */
export function sayNeed({ perDevice }: Estimate, host: Host): string {
  const devices = perDevice.map(({ device, bytes }) => `${say(bytes)} of ${deviceName(device)}`).join(" and ");
  const free = `${Math.round(marginOf(host) * 1000) / 10} % of it kept free`;
  return `needs ${devices}; ${say(host.ramAvailable)} RAM available, ${free}`;
}

interface Loading {
  readonly fit: Estimate;
  readonly useMmap: boolean;
  readonly peak: Bytes;
}

function explain(subject: PlanSubject, host: Host, wishes: LoadWishes, { fit, useMmap, peak }: Loading): string[] {
  const { geometry, weights } = subject;
  const reasons: string[] = [];
  const { sequences = 1 } = wishes;
  const { ctx, gpuLayers, kvType } = fit;
  const all = geometry.blocks + 1;
  if (wishes.ctx === undefined) {
    const own = ctx < DEFAULT_CTX;
    reasons.push(own ? `context ${ctx}: all this model was trained for` : `context ${ctx}: the default`);
  }
  if (sequences > 1) reasons.push(`${sequences} at once, each with a context of its own`);
  if (host.gpus.length > 0) {
    const where = `layers on the ${host.gpus.length > 1 ? "GPUs" : "GPU"}${wishes.gpuLayers === undefined ? "" : ", as asked"}`;
    reasons.push(gpuLayers === all ? `all ${all} ${where}` : `${gpuLayers} of ${all} ${where}`);
  }
  if (kvType !== "f16") {
    reasons.push(`KV cache in ${kvType}: ${wishes.kvType === undefined ? "in f16 it does not fit" : "as asked"}`);
  }
  if (host.bandwidth === undefined && gpuLayers < all && asksForSpeed(weights.total)) {
    reasons.push(`speeds assume memory of ${decodingBandwidth(host.cores) / 1e9} GB/s: it was not measured`);
  }
  reasons.push(sayNeed(fit, host));
  if (useMmap) {
    const shown = `resident up to ${say(peak)}, pages of the file included, which the system may take back`;
    reasons.push(`the file is mapped, not copied: the load nearly fills the RAM; ${shown}`);
  }
  return reasons;
}
