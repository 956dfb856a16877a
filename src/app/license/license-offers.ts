// Licenses that are accepted with the command itself: by flag, or by a variable where nobody can be asked.
import { OslmError } from "../../errors.js";
import { cleanLicenseId, findLicenses, idsIn, listLicenses } from "../../license/catalogue.js";
import type { LedgerHow } from "../../license/ledger.js";
import { suggest } from "../../model/suggest.js";
import type { LicenseVerdict } from "../../model/types.js";
import type { Acceptances } from "./acceptances.js";

/** One id that a person accepts, as they wrote it. */
export interface Offer {
  readonly id: string;
  readonly how: Extract<LedgerHow, "--accept-license" | "OSLM_ACCEPT_LICENSE">;
}

export interface Judged {
  readonly offers: readonly Offer[];
  readonly acceptances: Acceptances;
  /** @param accepted ids that a person has accepted */
  judge(accepted: readonly string[]): LicenseVerdict;
}

/**
 * The verdict with what was accepted earlier, and with what is offered now where that answers the question; then it is
 * written down. @throws OslmError usage for an offered id that is none
 */
export async function judgeWithOffers({ offers, acceptances, judge }: Judged): Promise<LicenseVerdict> {
  const unasked = judge([]);
  const wanted = idsOf(unasked);
  const offered = offers.flatMap((offer) => split(offer.id).map((id) => ({ id, how: offer.how })));
  for (const { id, how } of offered) if (!wanted.includes(id) && !isKnown(id)) throw unknownOffer({ id, how });
  if (unasked.decision !== "ask") return unasked;
  const before = (await acceptances.standing()).map(({ license }) => license);
  const verdict = judge(before);
  if (verdict.decision !== "ask") return verdict;
  const useful = new Map<string, Offer["how"]>();
  for (const { id, how } of offered) if (wanted.includes(id) && !useful.has(id)) useful.set(id, how);
  const answered = judge([...before, ...useful.keys()]);
  if (answered.decision !== "allow") return verdict;
  for (const way of new Set(useful.values())) {
    await acceptances.record(
      [...useful].filter(([, how]) => how === way).map(([id]) => id),
      way,
    );
  }
  return answered;
}

/** The licenses that a verdict is about. */
export function idsOf({ id }: Pick<LicenseVerdict, "id">): readonly string[] {
  return split(id);
}

/** Whether all that is offered are licenses that oslm knows, or of this model. */
export function isSensible({ id }: Offer, license?: Pick<LicenseVerdict, "id">): boolean {
  const wanted = license === undefined ? [] : idsOf(license);
  return split(id).every((one) => isKnown(one) || wanted.includes(one));
}

function split(text: string): readonly string[] {
  return [...new Set(idsIn(text).map(cleanLicenseId))];
}

/** `unknown` is what a model without a license has. */
function isKnown(id: string): boolean {
  return id === "unknown" || findLicenses(id).some((entry) => entry.id === id);
}

/** The error for an offered id that is none. */
export function unknownOffer({ id, how }: Offer): OslmError {
  const ids = listLicenses().map((entry) => entry.id);
  const meant = [...new Set([...findLicenses(id).map((entry) => entry.id), ...suggest(id, ids)])];
  return new OslmError("usage", {
    problem: `"${id}" in ${how} is not a license id`,
    detail: meant[0] === undefined ? "Neither oslm nor this model knows it." : `Did you mean ${meant.join(", ")}?`,
    help: how === "--accept-license" ? `--accept-license ${meant[0] ?? "ID"}` : `${how}=${meant[0] ?? "ID,ID"}`,
  });
}
