// What the license gate judges, gathered before any byte of weights: the repository's own texts, and card and text of every
// model it was made from.
import type { ModelEvidence } from "../license/evidence.js";
import { headerBases } from "../license/header.js";
import { withAdapterBase } from "./adapter-base.js";
import { findAncestors } from "./find-ancestors.js";
import { keepEvidence, keptEvidence } from "./kept-evidence.js";
import { linkedElsewhere } from "./linked-text.js";
import { type Purse, planTexts, promptText, readTexts } from "./read-texts.js";
import type { Resolved } from "./resolve.js";
import type { World } from "./world.js";

/** With card, files and one text of each, three generations of base models stay within 12 requests. */
const MORE_TEXTS = 3;

/**
 * All that oslm looks at, and keeps it. @throws OslmError network, rate-limited and the like; what is missing or broken over
 * there becomes a gap
 */
export async function gatherEvidence(
  world: World,
  resolved: Pick<Resolved, "snapshot" | "expectedLicense">,
): Promise<ModelEvidence> {
  const evidence = await lookForEvidence(world, resolved);
  await keepEvidence(world, evidence);
  return evidence;
}

/** The same without keeping it: what is there now does not take the place of what a pull has seen. */
export async function lookForEvidence(
  world: World,
  { snapshot, expectedLicense }: Pick<Resolved, "snapshot" | "expectedLicense">,
): Promise<ModelEvidence> {
  const { repo, commit, revision, gated, files, refused, gatePrompt } = snapshot;
  const purse: Purse = { left: MORE_TEXTS };
  const listed = { ...snapshot, files: files.map(({ path }) => path), refused: refused?.keys() ?? [] };
  const { card, unread } = await withAdapterBase(world, listed, purse);
  const plan = planTexts(listed, purse);
  const headers = (await keptEvidence(world, snapshot))?.headers ?? [];
  const baseModels = [...card.baseModels, ...headerBases(headers, world.endpoint)];
  const [elsewhere, read, ancestors] = await Promise.all([
    linkedElsewhere(world, { repo, card }, purse),
    readTexts(world, snapshot, plan),
    findAncestors(world, { repo, baseModels }, purse),
  ]);
  return {
    ...{ repo, commit, revision, gated, card, ancestors },
    texts: [...read, ...elsewhere, ...promptText(gatePrompt)],
    unread: [...plan.unread, ...unread],
    hasText: plan.hasText,
    ...(headers.length > 0 && { headers }),
    ...(expectedLicense !== undefined && { expected: expectedLicense }),
    at: world.now().toISOString(),
  };
}
