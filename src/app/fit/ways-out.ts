// What a person can do about a model that does not fit, nearest first. Each way was planned, and fits.
import type { HostOverride } from "../../fit/override-host.js";
import { type LoadPlan, type LoadWishes, planLoad } from "../../fit/plan-load.js";
import { canForce, fitsWithAnyLayers, missingMemory, type Refused } from "../../fit/remedies.js";
import type { Bytes, Host, Tokens } from "../../model/types.js";
import { machineFlags } from "./machine-flags.js";

/** The command that did not work: what it was about, and what it had asked for. */
export interface Stuck {
  /** `oslm run "my model.gguf"`, as it can be pasted. */
  readonly command: string;
  /** The one that was asked for; not given where the command names it. */
  readonly quant?: string | undefined;
  /** Of the context, and of texts at once where a number was given. */
  readonly wishes: Pick<LoadWishes, "ctx" | "sequences">;
  /** What its flags said of the machine. */
  readonly machine: HostOverride;
}

interface Change {
  readonly command?: string;
  /** null: none is named. */
  readonly quant?: string | null;
  readonly ctx?: Tokens;
  readonly gpu?: "none" | "auto";
  /** So many texts at once. */
  readonly parallel?: number;
  readonly force?: true;
}

/** The same command, changed. It keeps the context, the texts at once and the machine, else another load would be planned than the one that was seen to fit. */
export function again(stuck: Stuck, change: Change): string {
  const { command = stuck.command, quant = stuck.quant ?? null, ctx = stuck.wishes.ctx, gpu } = change;
  const { parallel = stuck.wishes.sequences } = change;
  const flags = [
    ...(quant === null ? [] : [`--quant ${quant.toLowerCase()}`]),
    ...(ctx === undefined ? [] : [`--ctx ${ctx}`]),
    ...(parallel === undefined ? [] : [`--parallel ${parallel}`]),
    ...machineFlags({ ...stuck.machine, ...(gpu && { gpu }) }),
    ...(change.force ? ["--force"] : []),
  ];
  return [command, ...flags].join(" ");
}

const NEAREST = 3;

/** Commands that use another file: nearer than a shorter context, and less near. */
export interface OtherFiles {
  readonly nearer?: readonly string[];
  readonly further?: readonly string[];
  /** Not where it would fail for another reason, such as a full disk. */
  readonly force?: boolean;
}

/** The three nearest, then `--force` where it may succeed. @param others were planned, and fit */
export function waysOut(
  stuck: Stuck,
  refused: Refused,
  { nearer = [], further = [], force = true }: OtherFiles = {},
): string[] {
  const { instead } = refused.plan;
  const nearest = [
    ...nearer,
    ...(instead === null ? [] : [again(stuck, { ctx: instead.ctx })]),
    ...further,
    ...(fitsWithAnyLayers(refused) ? [again(stuck, { gpu: "auto" })] : []),
    ...memoryWays(refused),
  ].slice(0, NEAREST);
  return [...nearest, ...(force && canForce(refused) ? [again(stuck, { force: true })] : [])];
}

function memoryWays(refused: Refused): string[] {
  const missing = missingMemory(refused);
  if (missing === null) return [];
  const { ramLimit } = refused.host;
  if (refused.plan.shortage.device === "ram" && ramLimit !== undefined) {
    return [
      `raise the limit of ${megabytes(ramLimit.bytes)} (${ramLimit.by}) by ${megabytes(missing + (ramLimit.lacking ?? 0))}`,
    ];
  }
  return [`close other programs: ${megabytes(missing)} more would do`];
}

/** After the memory ran out in a load that had been planned to fit. */
export function waysAfter(
  stuck: Stuck,
  { plan, ...load }: Omit<Refused, "plan"> & { readonly plan: LoadPlan },
): string[] {
  const { subject, host, wishes } = load;
  const half = 2 ** Math.ceil(Math.log2(plan.ctx) - 1);
  const withoutGpu =
    plan.gpuLayers > 0 && planLoad(subject, { ...withoutLayers(host), gpus: [] }, { ctx: plan.ctx }).fits;
  return [
    ...(plan.ctx > 1024 && planLoad(subject, host, { ...wishes, ctx: half }).fits ? [again(stuck, { ctx: half })] : []),
    host.ramLimit === undefined || plan.gpuLayers > 0
      ? "close other programs"
      : `raise the limit of ${megabytes(host.ramLimit.bytes)} (${host.ramLimit.by})`,
    ...(withoutGpu ? [again(stuck, { gpu: "none" })] : []),
  ];
}

function withoutLayers({ gpuLayers: _, ...host }: Host): Host {
  return host;
}

function megabytes(bytes: Bytes): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
