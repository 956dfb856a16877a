// What a repository's checkpoint is and can become, from its small files and the headers of its weights.
import { prepare } from "../../convert/prepare.js";
import { asksForSpeed } from "../../fit/speed.js";
import { memorySource } from "../../gguf/source.js";
import type { RepoFile, RepoSnapshot } from "../../model/types.js";
import type { Candidates } from "../fit/candidates.js";
import type { World } from "../world.js";
import { aboutCheckpoint, generalFacts } from "./about-checkpoint.js";
import { type CheckpointTypes, checkpointTypes } from "./checkpoint-types.js";
import { remoteFolder } from "./remote-folder.js";

export interface RemoteCheckpoint extends Pick<CheckpointTypes, "header" | "typesOf"> {
  /** What it is called, as the converted file says of itself too. */
  readonly name: string;
  readonly architecture: string;
  /** What its tokenizer does to texts and the engine does not. */
  readonly leftOut: readonly string[];
  /** Those that a conversion takes. */
  readonly files: readonly RepoFile[];
  /** To choose from as among the files of other repositories. */
  readonly found: Candidates;
}

/**
 * Touches files of weights, so a pull comes here only after the license gate.
 * @param asked a quantization
 * @throws OslmError unsupported-checkpoint before a file of weights is touched; malformed-checkpoint, quant-not-found, needs-imatrix,
 *   no-quantizer, gated, and what the Hub's reads throw
 */
export async function readCheckpoint(
  world: World,
  snapshot: RepoSnapshot,
  asked: string | undefined,
): Promise<RemoteCheckpoint> {
  const { repo, commit } = snapshot;
  const folder = remoteFolder(await world.hub(), snapshot, world.signal);
  const name = nameOf(repo);
  const facts = await generalFacts(world, { folder, name, source: { repo, commit } });
  const prepared = await prepare(folder, await aboutCheckpoint(folder, facts));
  try {
    const { geometry, header, candidates, typesOf } = await checkpointTypes({ signal: world.signal }, prepared, {
      repo,
      name,
      asked,
    });
    const largest = Math.max(...candidates.map(({ variant }) => variant.size));
    const host = await world.host({ measured: asksForSpeed(largest) });
    const read = { name, geometry, source: memorySource(new Uint8Array(0)), broken: [] };
    return {
      ...{
        name,
        architecture: prepared.architecture,
        leftOut: prepared.leftOut,
        files: folder.used(),
        header,
        typesOf,
      },
      found: { candidates, broken: [], host, read, ...(asked !== undefined && { quant: asked }) },
    };
  } finally {
    await prepared.close();
  }
}

function nameOf(repo: string): string {
  return repo.slice(repo.lastIndexOf("/") + 1);
}
