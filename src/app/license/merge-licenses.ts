// Under which terms a model and adapters may become one: those of all of them.
import { isOslmError } from "../../errors.js";
import { idsIn } from "../../license/catalogue.js";
import type { LicenseFile } from "../../license/evidence.js";
import { findLicenseFiles } from "../../license/text-files.js";
import { judgeLicense } from "../../license/verdict.js";
import type { Bytes } from "../../model/types.js";
import { hashText } from "../../store/hash-text.js";
import { cardIn } from "../convert/about-checkpoint.js";
import type { FoundCheckpoint } from "../convert/find-checkpoint.js";
import type { World } from "../world.js";
import { expectationOn } from "./expectation-on.js";
import { type Judged, type LocalGate, passJudged } from "./local-policy.js";

/** Licenses are shorter. */
const MAX_TEXT: Bytes = 256 * 1024;

/**
 * The ids of all parts' licenses, `unknown` where one says nothing: the strictest of them governs whoever reads them.
 * @throws OslmError license-denied, license-not-accepted, declined for any part that a policy's rules stop
 */
export async function passAll(world: World, parts: readonly Judged[], gate: LocalGate): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const part of parts) {
    await passJudged(world, part, gate);
    ids.push(...idsIn(part.judge([]).id));
  }
  return [...new Set(ids)];
}

/** By its card and the license texts beside it. @param path where it lies */
export async function judgeFolder(
  world: World,
  { folder, name, source }: FoundCheckpoint,
  path: string,
): Promise<Judged> {
  const policy = await world.policy();
  const card = await cardIn({ folder });
  const { found, unread } = findLicenseFiles(folder.names, [], card.licenseLink);
  const texts: LicenseFile[] = [];
  for (const { path: file, kind, isOnlyLinked } of found) {
    if (isOnlyLinked) continue;
    const bytes = await folder.read(file, MAX_TEXT).catch((error: unknown) => {
      if (isOslmError(error, "malformed-checkpoint")) return null;
      throw error;
    });
    const text = bytes === null ? null : new TextDecoder().decode(bytes);
    texts.push({ path: file, kind, text, ...(text !== null && { sha256: hashText(text) }) });
  }
  const ref = source?.repo ?? path;
  const subject = source && { repo: source.repo, commit: source.commit };
  const expected = expectationOn(source?.repo);
  const known = { card, texts, unread, repo: source?.repo ?? name, ...(expected && { expected }) };
  return {
    ...{ ref, url: ref },
    subject: { subject: ref, commit: source?.commit ?? null, textSha256: undefined },
    judge: (accepted) => judgeLicense({ ...known, accepted, ...(subject && { subject }) }, policy),
  };
}
