// Where a card's `license_link` leads: to a file of its own repository, to one of another, to the page of a license that oslm
// knows, or anywhere. Only files of repositories are ever read; an address is compared and shown.
import { isRepoId, type ModelCard, type RepoId } from "../model/types.js";
import { findLicenses, type LicenseEntry, listLicenses } from "./catalogue.js";
import type { LicenseClaim } from "./detect.js";
import type { Ancestor, LicenseFile } from "./evidence.js";
import { shownPath } from "./shown-path.js";

/** Longer than any real address. */
const MAX_LINK = 500;
const HUB = /^(?:www\.)?(?:huggingface\.co|hf\.co)$/;
/** Their pages bear the SPDX id. */
const LISTS = /^(?:www\.)?(?:opensource\.org|spdx\.org|choosealicense\.com)$/;

interface HubFile {
  readonly repo: RepoId;
  readonly path: string;
}

let pages: ReadonlyMap<string, readonly LicenseEntry[]> | undefined;

/** The path of the file in the model's own repository; undefined when the link leads elsewhere. */
export function linkedFile(link: string | undefined, repo: string): string | undefined {
  if (link === undefined || link.length > MAX_LINK) return undefined;
  const text = link.trim();
  const file = hubFile(text);
  if (file !== undefined) return file.repo.toLowerCase() === repo.toLowerCase() ? file.path : undefined;
  if (/^[a-z][a-z0-9+.-]*:|^\/\/|\s\(|\]\(/i.test(text)) return undefined;
  return decoded(text.replace(/[?#].*$/s, "").replace(/^(?:\.?\/)+/, ""));
}

/** The licenses whose page that is; empty for any other address. */
export function licensesAt(link: string | undefined): readonly LicenseEntry[] {
  if (link === undefined || link.length > MAX_LINK || !URL.canParse(link.trim())) return [];
  pages ??= indexPages();
  const known = pages.get(pageOf(link.trim()));
  if (known !== undefined) return known;
  const { host, pathname } = new URL(link.trim());
  const id = pathname.split("/").filter(Boolean).at(-1) ?? "";
  return LISTS.test(host) ? findLicenses(id.replace(/\.\w{3,4}$/, "")) : [];
}

/** The file of another repository that the link leads to; undefined where it names a license that oslm knows. */
export function fileElsewhere(link: string | undefined, repo: string): HubFile | undefined {
  if (link === undefined || linkedFile(link, repo) !== undefined || licensesAt(link).length > 0) return undefined;
  return link.length > MAX_LINK ? undefined : hubFile(link.trim());
}

/** What the link adds beside the license that it may name. @param bases of which texts were read */
export function weighLink(
  { licenseLink: link }: ModelCard,
  repo: string | undefined,
  texts: readonly LicenseFile[],
  bases: readonly Ancestor[],
): { readonly claims: readonly LicenseClaim[]; readonly gaps: readonly string[] } {
  if (link === undefined || licensesAt(link).length > 0) return { claims: [], gaps: [] };
  if (linkedFile(link, repo ?? "") !== undefined) return { claims: [], gaps: [] };
  const file = fileElsewhere(link, repo ?? "");
  if (file !== undefined && texts.some(({ from, path }) => from?.repo === file.repo && path === file.path))
    return { claims: [], gaps: [] };
  const isRead = bases.some(
    (base) =>
      !("gap" in base) &&
      base.repo.toLowerCase() === file?.repo.toLowerCase() &&
      base.texts.some(({ path, text }) => path === file.path && text !== null),
  );
  return {
    claims: [{ source: "card.license_link", value: shownPath(link.trim()), entries: [], isNeutral: true }],
    gaps:
      file === undefined || isRead
        ? []
        : [`the card refers to ${file.repo}: ${shownPath(file.path)}, which was not read`],
  };
}

/** `https://huggingface.co/org/name/blob/main/LICENSE` and its likes. */
function hubFile(link: string): HubFile | undefined {
  if (!URL.canParse(link)) return undefined;
  const { host, pathname } = new URL(link);
  const [, repo = "", path] = /^\/([^/]+\/[^/]+)\/(?:blob|resolve|raw|tree)\/[^/]+\/(.+)$/.exec(pathname) ?? [];
  const name = decoded(path ?? "");
  return HUB.test(host) && isRepoId(repo) && name !== undefined && name !== "" ? { repo, path: name } : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text) || undefined;
  } catch {
    return undefined;
  }
}

function indexPages(): ReadonlyMap<string, readonly LicenseEntry[]> {
  const index = new Map<string, readonly LicenseEntry[]>();
  for (const entry of listLicenses()) {
    if (entry.url === null) continue;
    const page = pageOf(entry.url);
    // The page of a vendor, or of all its models, tells no license.
    if (!page.includes("/") || (/^(?:huggingface\.co|github\.com)\//.test(page) && !/\/blob\/|\/spaces\//.test(page)))
      continue;
    index.set(page, [...(index.get(page) ?? []), entry]);
  }
  return index;
}

/** Without what differs between addresses of the same page. */
function pageOf(link: string): string {
  const { host, pathname } = new URL(link);
  const path = pathname
    .replace(/\/(?:blob|resolve|raw|tree)\/[^/]+\//, "/blob/main/")
    .replace(/\/(?:legalcode|deed)(?:\.[a-z-]+)*\/?$/i, "")
    .replace(/\.(?:txt|html?|md|php|en)$/i, "")
    .replace(/\/+$/, "");
  return `${host.replace(/^www\./, "").replace(/^hf\.co$/, "huggingface.co")}${path}`.toLowerCase();
}
