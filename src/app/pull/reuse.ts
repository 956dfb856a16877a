// Bytes that are on this disk already, in somebody else's store, are not fetched again.
import { isOslmError } from "../../errors.js";
import { type Candidate, sameBytes, type WantedFile } from "../../store/elsewhere/same-bytes.js";
import { type TakenOver, takeOver } from "../../store/take-over.js";
import { type HashEvent, hashFile } from "../hash-file.js";
import type { World } from "../world.js";

export type ReuseEvent =
  | HashEvent
  | { readonly type: "reused"; readonly path: string; readonly where: string; readonly how: TakenOver };

/**
 * Looks for the file in the stores of other programs and puts it at `target`, hashed completely first. True when it is
 * there now; false leaves nothing behind. The caller holds the lock of `target`.
 */
export async function* reuse(
  world: World,
  wanted: WantedFile,
  place: { readonly target: string; readonly root: string },
): AsyncGenerator<ReuseEvent, boolean> {
  const { hubCache } = await world.store();
  for await (const candidate of sameBytes(wanted, hubCache, world.elsewhere)) {
    if (candidate.path === place.target) continue;
    const how = yield* tryOne(world, wanted, candidate, place);
    if (how === undefined) continue;
    yield { type: "reused", path: wanted.path, where: candidate.where, how };
    return true;
  }
  return false;
}

async function* tryOne(
  { signal }: World,
  { size, sha256 }: WantedFile,
  { path }: Candidate,
  place: { readonly target: string; readonly root: string },
): AsyncGenerator<HashEvent, TakenOver | undefined> {
  try {
    const hashed = yield* hashFile(path, { shown: path, size }, signal);
    return hashed.sha256 === sha256 ? await takeOver(path, hashed, place) : undefined;
  } catch (error) {
    signal.throwIfAborted();
    // Somebody else's file that may not be read, or changes: the download does not need it. Our own folders it does need.
    if (isOslmError(error, "unsafe-name") || isOslmError(error, "linked-folder")) throw error;
    return undefined;
  }
}
