// The headers of the files in question, as evidence on the license.
import type { GeneralKeys } from "../../gguf/geometry.js";
import type { Ancestor, FileHeader, ModelEvidence } from "../../license/evidence.js";
import { fileHeader, headerBases } from "../../license/header.js";
import type { World } from "../world.js";
import { findAncestors } from "./find-ancestors.js";
import { keepHeader } from "./kept-evidence.js";

/**
 * The evidence with the header of a file and the base models that it names, kept for later; the same object when it adds
 * nothing. @param file its path in the repository @throws OslmError network and the like
 */
export async function withHeader(
  world: World,
  evidence: ModelEvidence,
  file: string,
  general: GeneralKeys,
): Promise<ModelEvidence> {
  const header = fileHeader(file, general);
  if (header === undefined || evidence.headers?.some((one) => isSame(one, header))) return evidence;
  const { told, ancestors } = await addHeader(world, evidence, header);
  await keepHeader(world, evidence, { header: told.headers?.at(-1) ?? header, ancestors });
  return told;
}

/** The evidence with a header, and the base models that only it has led to. @throws OslmError network and the like */
export async function addHeader(
  world: World,
  evidence: ModelEvidence,
  header: FileHeader,
): Promise<{ readonly told: ModelEvidence; readonly ancestors: readonly Ancestor[] }> {
  const { headers = [], ancestors, repo } = evidence;
  const baseModels = headerBases([header], world.endpoint);
  // One text of each: more has been read of those that the card names.
  const more = await findAncestors(world, { repo, baseModels, known: ancestors }, { left: 0 });
  const others = headers.filter((one) => one.file !== header.file);
  const led = { ...header, found: more.map((one) => one.repo) };
  return { told: { ...evidence, headers: [...others, led], ancestors: [...ancestors, ...more] }, ancestors: more };
}

function isSame({ found: _, ...one }: FileHeader, other: FileHeader): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
