// A damaged file in the place of one that is to be fetched: it is said, and what is good of it is kept.
import type { Bytes, KnownFile } from "../../model/types.js";
import { untilAborted } from "../../model/until-aborted.js";
import { Hasher } from "../../store/hasher.js";
import { salvage } from "../../store/salvage.js";
import type { World } from "../world.js";

/** A stored file is not what it was: of `size` bytes it has, `kept` are not fetched again. */
export interface DamagedEvent {
  readonly type: "damaged";
  readonly path: string;
  readonly size: Bytes;
  readonly total: Bytes;
  readonly kept: Bytes;
}

/** The caller holds the lock of `from`, where the file lies, and of `target`, where a download will put it. */
export async function* salvageDamaged(
  world: World,
  file: KnownFile,
  { from, target }: { readonly from: string; readonly target: string },
): AsyncGenerator<DamagedEvent, void> {
  const sums = await (await world.store()).sumsOf(file);
  const hasher = new Hasher();
  try {
    const salvaged = await untilAborted(world.signal, salvage(from, target, file, { hasher, sums }));
    if (salvaged !== undefined) yield { type: "damaged", path: file.path, total: file.size, ...salvaged };
  } finally {
    await hasher.close();
  }
}
