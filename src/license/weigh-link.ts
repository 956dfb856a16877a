// What the license_link of a card adds to what was read.
import type { ModelCard } from "../model/types.js";
import type { LicenseClaim } from "./detect.js";
import type { Ancestor, LicenseFile } from "./evidence.js";
import { fileElsewhere, hubPage, isForeign, licensesAt, linkedFile, linkTarget } from "./license-link.js";
import { shownPath } from "./shown-path.js";

/**
 * What the link adds beside the license that it may name: a doubt where it leads to the Hub, or into the repository, and not to
 * a text that was read. Other sites are never asked.
 */
export function weighLink(
  { licenseLink: link }: ModelCard,
  { repo = "", texts = [], unread = [], ancestors = [] }: Looked,
): { readonly claims: readonly LicenseClaim[]; readonly gaps: readonly string[] } {
  if (link === undefined || link.trim() === "" || licensesAt(link).length > 0) return { claims: [], gaps: [] };
  const own = linkedFile(link, repo);
  const file = fileElsewhere(link, repo);
  const isTold =
    own === undefined
      ? texts.some(({ from, path }) => from !== undefined && from.repo === file?.repo && path === file.path)
      : unread.includes(shownPath(own)) || texts.some(({ from, path }) => from === undefined && path === own);
  if (isTold) return { claims: [], gaps: [] };
  const bases = ancestors.flatMap((one) => ("gap" in one ? [] : [one]));
  const isOfBase = bases.some(
    (base) =>
      isSame(base.repo, file?.repo ?? "") && base.texts.some(({ path, text }) => path === file?.path && text !== null),
  );
  const page = hubPage(link);
  const isPage = page !== undefined && [repo, ...bases.map((one) => one.repo)].some((known) => isSame(known, page));
  const isSettled = isForeign(link) || isOfBase || isPage;
  return {
    claims: [{ source: "card.license_link", value: shownPath(link.trim()), entries: [], isNeutral: true }],
    gaps: isSettled ? [] : [`the card refers to ${linkTarget(link, repo)}, which was not read`],
  };
}

/** What was looked at. */
interface Looked {
  readonly repo?: string | undefined;
  readonly texts?: readonly LicenseFile[];
  /** As they are shown. */
  readonly unread?: readonly string[];
  readonly ancestors?: readonly Ancestor[];
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
