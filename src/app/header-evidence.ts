// The header of the file that is to be downloaded, as evidence on its license.
import type { GeneralKeys } from "../gguf/geometry.js";
import type { FileHeader, ModelEvidence } from "../license/evidence.js";
import { fileHeader, headerBases } from "../license/header.js";
import { findAncestors } from "./find-ancestors.js";
import { keepEvidence } from "./kept-evidence.js";
import type { World } from "./world.js";

/**
 * The evidence with that header and the base models that it names, kept for later; the same object when it adds nothing.
 * @param file its path in the repository @throws OslmError network and the like
 */
export async function withHeader(
  world: World,
  evidence: ModelEvidence,
  file: string,
  general: GeneralKeys,
): Promise<ModelEvidence> {
  const header = fileHeader(file, general);
  const { headers = [], ancestors, repo } = evidence;
  if (header === undefined || headers.some((one) => isSame(one, header))) return evidence;
  const baseModels = headerBases([header], world.endpoint);
  // One text of each: more has been read of those that the card names.
  const more = await findAncestors(world, { repo, baseModels, known: ancestors }, { left: 0 });
  const told = {
    ...evidence,
    headers: [...headers.filter((one) => one.file !== file), header],
    ancestors: [...ancestors, ...more],
  };
  await keepEvidence(world, told);
  return told;
}

function isSame(one: FileHeader, other: FileHeader): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
