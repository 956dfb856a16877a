// Tries a load in a child process where it could end this one: the first load of a file, and every load that nearly fills the memory.
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import { ramNeeded, usableRam } from "../../fit/capacity.js";
import { isTight } from "../../fit/load-policy.js";
import type { LoadPlan } from "../../fit/plan-load.js";
import type { Bytes, Host } from "../../model/types.js";
import type { Rehearsal } from "../../runtime/engine.js";
import { Rehearsed } from "../../store/rehearsed.js";
import { DEMO_PATH } from "../shipped.js";
import type { World } from "../world.js";
import type { LocalModel } from "./local-model.js";
import type { ReadModel } from "./read-model.js";

export interface PlannedLoad {
  readonly model: LocalModel;
  readonly subject: ReadModel;
  readonly plan: LoadPlan;
  readonly host: Host;
  /** Of adapters, loaded besides. */
  readonly adapterBytes?: Bytes;
}

/**
 * @returns what was tried, for people; nothing where there was no need
 * @throws OslmError malformed-gguf for a file that ends the engine, load-failed for one that it refuses, out-of-memory
 */
export async function rehearseLoad(world: World, load: PlannedLoad): Promise<string[]> {
  const { model, subject, plan, host, adapterBytes = 0 } = load;
  const [path] = model.paths;
  // A plan that was forced is more than tight.
  const real = canTakeAll(plan) && isTight(ramNeeded(plan.estimate), usableRam(host));
  if (path === DEMO_PATH && !real) return [];
  const rehearsed = new Rehearsed((await world.store()).state);
  const key = await keyOf(world, load);
  if (!real && (await rehearsed.has(key))) return [];
  const engine = await world.engine();
  const wishes = { real, spare: plan.estimate.compute + adapterBytes, bytes: subject.weights.total };
  const rehearsal = engine.rehearse({ path, ...plan }, wishes, world.signal);
  engine.warmUp();
  const outcome = await rehearsal;
  if (outcome.is === "unknown") return [];
  if (outcome.is !== "fine") throw failureOf(outcome, basename(path));
  await rehearsed.add(key);
  return [`tried in a process of its own first, ${real ? "with all" : "without"} its memory`];
}

/** @param file its name, for people */
export function failureOf({ is, reason }: Extract<Rehearsal, { readonly reason: string }>, file: string): OslmError {
  switch (is) {
    case "hostile":
      return new OslmError("malformed-gguf", { file, reason: `llama.cpp breaks off at it: ${reason}` });
    case "out-of-memory":
      return new OslmError("out-of-memory", { file, reason });
    case "refused":
      // The load would be refused as well, and might end the process first: node-llama-cpp goes other ways over the same file.
      return new OslmError("load-failed", { file, reason });
  }
}

/** What is to lie on a GPU cannot be tried in RAM. */
export function canTakeAll({ gpuLayers }: Pick<LoadPlan, "gpuLayers">): boolean {
  return gpuLayers === 0;
}

/** Of the files' headers and what the engine is told; another oslm may come with another engine. */
export async function keyOf(world: World, { model, subject, plan }: PlannedLoad): Promise<string> {
  const hash = createHash("sha256");
  hash.update(`${world.ledger.author().version} ${plan.kvType} `);
  // The engine makes other graphs for vectors.
  if (plan.embedding) hash.update("vectors ");
  if (model.stored !== null && !model.stored.unchecked) {
    for (const { sha256 } of model.stored.files) hash.update(`${sha256} `);
  } else {
    for (const [index, path] of model.paths.entries()) await addHeader(hash, path, subject.headerBytes[index] ?? 0);
  }
  return hash.digest("hex");
}

/** @param end where the tensors' data begins */
export async function addHeader(hash: Hash, path: string, end: Bytes): Promise<void> {
  if (end > 0) for await (const piece of createReadStream(path, { end: end - 1 })) hash.update(piece as Buffer);
}
