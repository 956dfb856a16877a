// Which files of a repository are here, told while files that nobody has verified yet are hashed.
import { EventQueue } from "../../download/event-queue.js";
import type { RepoFile, RepoSnapshot } from "../../model/types.js";
import type { FilesState } from "../../store/store.js";
import type { HashEvent } from "../hash-file.js";
import type { World } from "../world.js";

/** Other programs write the cache too; gigabytes of theirs take a while. @throws the signal's reason */
export async function* inspectFiles(
  world: World,
  snapshot: RepoSnapshot,
  files: readonly RepoFile[],
): AsyncGenerator<HashEvent, FilesState> {
  const store = await world.store();
  const events = new EventQueue<HashEvent>();
  const state = store.inspect(snapshot, files, world.signal, ({ path, size }, done) => {
    if (done === 0) events.push({ type: "hashing", file: path, total: size });
    else events.push({ type: "hashed", file: path, done, total: size });
  });
  state.then(
    () => events.end(),
    (error: unknown) => events.fail(error),
  );
  yield* events;
  return state;
}
