// What the license gate judges, gathered before any byte of weights: the repository's own texts, and card and text of every
// model it was made from.
import type { ModelEvidence } from "../../license/evidence.js";
import { withAdapterBase } from "../convert/adapter-base.js";
import type { Resolved } from "../pull/resolve.js";
import type { World } from "../world.js";
import { withExpectation } from "./expectation-on.js";
import { findAncestors } from "./find-ancestors.js";
import { addHeader } from "./header-evidence.js";
import { keepEvidence, keptHeaders } from "./kept-evidence.js";
import { linkedElsewhere } from "./linked-text.js";
import { type Purse, planTexts, promptText, readTexts } from "./read-texts.js";

/** With card, files and one text of each, three generations of base models stay within 12 requests. */
const MORE_TEXTS = 3;

interface Subject extends Pick<Resolved, "snapshot" | "expectedLicense"> {
  /** Files of the repository that are here: what their headers say was kept, and counts. */
  readonly kept?: readonly string[];
}

/**
 * All that oslm looks at, and keeps it. @throws OslmError network, rate-limited and the like; what is missing or broken over
 * there becomes a gap
 */
export async function gatherEvidence(world: World, resolved: Subject): Promise<ModelEvidence> {
  const evidence = await lookForEvidence(world, resolved);
  await keepEvidence(world, evidence);
  return evidence;
}

/** The same without keeping it: what is there now does not take the place of what a pull has seen. */
export async function lookForEvidence(
  world: World,
  { snapshot, expectedLicense, kept }: Subject,
): Promise<ModelEvidence> {
  const { repo, commit, revision, gated, files, refused, gatePrompt } = snapshot;
  const purse: Purse = { left: MORE_TEXTS };
  const listed = { ...snapshot, files: files.map(({ path }) => path), refused: refused?.keys() ?? [] };
  const { card, unread } = await withAdapterBase(world, listed, purse);
  const plan = planTexts(listed, purse);
  const [elsewhere, read, ancestors] = await Promise.all([
    linkedElsewhere(world, { repo, card }, purse),
    readTexts(world, snapshot, plan),
    findAncestors(world, { repo, baseModels: card.baseModels }, purse),
  ]);
  let evidence = withExpectation({
    ...{ repo, commit, revision, gated, card, ancestors },
    texts: [...read, ...elsewhere, ...promptText(gatePrompt)],
    unread: [...plan.unread, ...unread],
    hasText: plan.hasText,
    ...(expectedLicense !== undefined && { expected: expectedLicense }),
    at: world.now().toISOString(),
  });
  for (const { header } of await keptHeaders(world, snapshot, kept ?? [])) {
    evidence = (await addHeader(world, evidence, header)).told;
  }
  return evidence;
}
