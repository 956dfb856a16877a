// Taking back what was accepted: a later pull asks again.
import { OslmError } from "../../errors.js";
import { readRepoCard } from "../../hub/repo-card.js";
import { cleanLicenseId } from "../../license/catalogue.js";
import type { LedgerHow } from "../../license/ledger.js";
import { type Acceptance, standing } from "../../license/ledger-standing.js";
import { parseRef } from "../../model/ref.js";
import { suggest } from "../../model/suggest.js";
import { plainUrl } from "../pull/web-files.js";
import { absolutePath } from "../run/local-model.js";
import { meantBy, wholeRepos } from "../stored/find-stored.js";
import type { World } from "../world.js";
import { addRecord, ledgerRecords } from "./acceptances.js";

/** Everything that was accepted and not revoked. */
export async function listAcceptances(world: World): Promise<readonly Acceptance[]> {
  return standing(await ledgerRecords(world));
}

/**
 * The acceptances of a license, for all models or for one.
 * @throws OslmError usage when there are none, invalid-reference
 */
export async function planRevocation(world: World, license: string, model?: string): Promise<readonly Acceptance[]> {
  const all = await listAcceptances(world);
  const id = cleanLicenseId(license);
  const subjects = model === undefined ? undefined : await subjectsOf(world, model);
  const named = (names: ReadonlySet<string> | undefined) =>
    all.filter((one) => one.license === id && (!names || names.has(one.subject.toLowerCase())));
  const found = named(subjects);
  if (found.length > 0) return found;
  const renamed = model === undefined ? [] : named(await presentName(world, model));
  if (renamed.length > 0) return renamed;
  const ids = [...new Set(all.map((one) => one.license))];
  const [meant] = suggest(id, ids);
  throw new OslmError("usage", {
    problem: `${license} was not accepted${model === undefined ? "" : ` for ${model}`}`,
    detail: meant === undefined || meant === id ? "There is nothing to revoke." : `Did you mean ${meant}?`,
    help: "oslm license list",
  });
}

/** Writes the revocations down; what was accepted before stays on record. */
export async function revokeLicense(world: World, plan: readonly Acceptance[], how: LedgerHow): Promise<void> {
  for (const subject of new Set(plan.map((one) => one.subject))) {
    const licenses = [...new Set(plan.filter((one) => one.subject === subject).map((one) => one.license))];
    await addRecord(world, { decision: "revoked", subject, commit: null, textSha256: null, licenses, how });
  }
}

/** What the Hub calls a repository now; empty when it does not say. */
async function presentName(world: World, name: string): Promise<ReadonlySet<string>> {
  const ref = parseRef(name, { hub: world.endpoint });
  if (ref.kind !== "hub" || world.offline) return new Set();
  const card = await readRepoCard(await world.hub(), ref.repo, world.signal).catch(() => undefined);
  return new Set(card === undefined ? [] : [card.repo.toLowerCase()]);
}

/** What the acceptances of a model are recorded for, in lower case: the Hub ignores it. */
async function subjectsOf(world: World, name: string): Promise<ReadonlySet<string>> {
  const ref = parseRef(name, { hub: world.endpoint });
  const stored = meantBy(await (await world.store()).recorded(), name, world.endpoint);
  const subjects = stored.map((model) => model.repo ?? model.ref);
  if (ref.kind === "hub") subjects.push(ref.repo);
  if (ref.kind === "catalog") subjects.push(...wholeRepos(ref));
  if (ref.kind === "url") subjects.push(plainUrl(ref.url));
  if (ref.kind === "file") subjects.push(absolutePath(world, ref.path));
  return new Set(subjects.map((subject) => subject.toLowerCase()));
}
