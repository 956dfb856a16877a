// Getting a model of which only a checkpoint is published: what fits once quantized, its files, the conversion, and the way back to the
// room that it took. The license gate is behind it.
import { isOslmError, OslmError } from "../../errors.js";
import type { Chosen } from "../../fit/choose.js";
import { forceChoice } from "../../fit/force-choice.js";
import { formatRef, parseRef } from "../../model/ref.js";
import type { Bytes, LicenseVerdict, StoredModel } from "../../model/types.js";
import { FetchedList } from "../../store/fetched-list.js";
import { checkRoom, type Room } from "../convert/check-room.js";
import { type ConvertingEvent, convertStored } from "../convert/convert-stored.js";
import { fetchedBefore, fetchedBytes, freeAll } from "../convert/free-checkpoint.js";
import { type RemoteCheckpoint, readCheckpoint } from "../convert/read-checkpoint.js";
import { rehearseCheckpoint } from "../convert/rehearse-checkpoint.js";
import { chooseSound } from "../fit/candidates.js";
import { tooLarge } from "../fit/too-large.js";
import { holdLock } from "../hold-lock.js";
import type { World } from "../world.js";
import { type FetchEvent, fetchFiles } from "./fetch-files.js";
import type { PullEvent, PullRequest, PullResult } from "./pull.js";
import type { ResolvedRepo } from "./resolve.js";

export type CheckpointEvent =
  /** What the repository is; `bytes` of the files that are needed of it. */
  | ({ readonly type: "checkpoint"; readonly files: number; readonly bytes: Bytes } & Pick<
      RemoteCheckpoint,
      "architecture" | "leftOut"
    >)
  | ({ readonly type: "room" } & Room)
  | ConvertingEvent
  /** The checkpoint has gone from the cache again. */
  | { readonly type: "freed"; readonly bytes: Bytes }
  /** After a failure: what was downloaded and is still there. */
  | { readonly type: "left"; readonly repo: string; readonly bytes: Bytes };

type Found = Pick<ResolvedRepo, "name" | "snapshot"> & { readonly quant: string | undefined };

/** @throws OslmError what `readCheckpoint` throws; does-not-fit, disk-full; what downloads and conversions throw */
export async function* pullCheckpoint(
  world: World,
  resolved: Found,
  request: PullRequest,
  license: LicenseVerdict,
): AsyncGenerator<PullEvent, PullResult> {
  const { snapshot } = resolved;
  const checkpoint = await readCheckpoint(world, snapshot, resolved.quant ?? request.wishes.quant);
  const { architecture, leftOut, files } = checkpoint;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  yield { type: "checkpoint", architecture, leftOut, files: files.length, bytes: size };
  const { choice, forced } = await choose(world, resolved, checkpoint, request);
  yield { type: "chosen", choice, forced };

  const store = await world.store();
  const list = new FetchedList(store.state, snapshot.repo, snapshot.commit);
  const release = yield* holdLock(store.lockPath(snapshot.repo), snapshot.repo, world.signal);
  try {
    const made = await storedBefore(world, resolved, {
      quant: choice.quant,
      license: { id: license.id, class: license.class },
    });
    let downloaded = 0;
    let model = made;
    if (model === undefined) {
      await rehearseCheckpoint(world, checkpoint.name, checkpoint.header);
      downloaded = yield* fetched(world, { snapshot, files, result: choice.variant.size, list });
      const inputs = await store.nameFiles(snapshot, files);
      model = yield* convertStored(world, {
        ...{ snapshot, checkpoint, inputs, quant: choice.quant, license },
        names: { name: nameOf(resolved.name, choice.quant), ref: resolved.name },
      });
    }
    if (request.keep) await list.keep();
    const bytes = await freeAll(store, snapshot.repo, "left");
    if (bytes > 0) yield { type: "freed", bytes };
    const reused = made === undefined ? size - Math.min(downloaded, size) : made.size;
    return { model, license, choice, runs: true, bytes: { downloaded, reused } };
  } catch (error) {
    if (!isOslmError(error, "interrupted")) {
      const bytes = await fetchedBytes(store, snapshot.repo, "left");
      if (bytes > 0) yield { type: "left", repo: snapshot.repo, bytes };
      throw error;
    }
    throw new OslmError("interrupted", { ...error.facts, keptBytes: await store.keptBytes(snapshot, files) });
  } finally {
    await release();
  }
}

async function choose(
  world: World,
  resolved: Found,
  { found }: RemoteCheckpoint,
  { wishes, force = false, toRun = false }: PullRequest,
): Promise<{ readonly choice: Chosen; readonly forced: boolean }> {
  const outcome = chooseSound(found, wishes);
  if (outcome.kind === "chosen") return { choice: outcome, forced: false };
  if (force) return { choice: forceChoice(outcome, found.host, wishes), forced: true };
  throw await tooLarge(world, resolved, { found, outcome, wishes, verb: toRun ? "run" : "pull" });
}

/** The same quantization of the same commit, by this name from now on, whichever it was made under. */
async function storedBefore(
  world: World,
  { name, snapshot }: Found,
  { quant, license }: Pick<StoredModel, "quant" | "license">,
): Promise<StoredModel | undefined> {
  const store = await world.store();
  const models = (await store.list()).filter(
    ({ quant: own, converted }) =>
      own === quant && converted?.repo === snapshot.repo && converted.commit === snapshot.commit,
  );
  const names = { name: nameOf(name, quant), ref: name };
  const same = models.find((model) => model.name === names.name);
  const [other] = models;
  if (same !== undefined || other === undefined) return same;
  const model = { ...other, ...names, license, addedAt: world.now().toISOString(), lastUsedAt: null };
  await store.record(model);
  return model;
}

/** What is written down before the first byte comes is what goes in the end. */
function fetched(
  world: World,
  {
    snapshot,
    files,
    result,
    list,
  }: Pick<Found, "snapshot"> & Pick<RemoteCheckpoint, "files"> & { readonly result: Bytes; readonly list: FetchedList },
): AsyncGenerator<FetchEvent | CheckpointEvent, Bytes> {
  return fetchFiles(world, snapshot, files, async (download, absent): Promise<readonly CheckpointEvent[]> => {
    const store = await world.store();
    const room = await checkRoom(store, { download, result });
    await list.add([...absent, ...(await fetchedBefore(store, snapshot, files))]);
    return [{ type: "room", ...room }];
  });
}

function nameOf(name: string, quant: string): string {
  const ref = parseRef(name);
  return ref.kind === "hub" || ref.kind === "catalog" ? formatRef({ ...ref, quant }) : name;
}
