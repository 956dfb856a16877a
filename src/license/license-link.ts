// Where a card's `license_link` leads: to a file of its own repository, to one of another, to the page of a license that oslm
// knows, or anywhere. Only files of repositories are ever read; an address is compared and shown.
import { isRepoId, type RepoId } from "../model/types.js";
import { findLicenses, type LicenseEntry, listLicenses } from "./catalogue.js";
import { shownPath } from "./shown-path.js";

/** Longer than any real address. */
const MAX_LINK = 500;
const HUB = /^(?:www\.)?(?:huggingface\.co|hf\.co)\.?$/;
/** Their pages bear the SPDX id. */
const LISTS = /^(?:www\.)?(?:opensource\.org|spdx\.org|choosealicense\.com)$/;

/** Only what a repository holds now is read; at any other revision there may be other terms. */
const READ_REVISION = "main";

interface HubFile {
  readonly repo: RepoId;
  readonly revision: string;
  readonly path: string;
}

let pages: ReadonlyMap<string, readonly LicenseEntry[]> | undefined;

/** The path of the file in the model's own repository; undefined when the link leads elsewhere. */
export function linkedFile(link: string | undefined, repo: string): string | undefined {
  if (link === undefined || link.length > MAX_LINK) return undefined;
  const text = addressIn(link);
  const file = hubFile(text);
  if (file !== undefined)
    return file.repo.toLowerCase() === repo.toLowerCase() && file.revision === READ_REVISION ? file.path : undefined;
  if (/^[a-z][a-z0-9+.-]*:|^\/\/|\s\(/i.test(text)) return undefined;
  return decoded(text.replace(/[?#].*$/s, "").replace(/^(?:\.?\/)+/, ""));
}

/** The licenses whose page that is; empty for any other address. */
export function licensesAt(link: string | undefined): readonly LicenseEntry[] {
  const text = link === undefined || link.length > MAX_LINK ? "" : addressIn(link);
  if (!URL.canParse(text)) return [];
  pages ??= indexPages();
  const known = pages.get(pageOf(text));
  if (known !== undefined) return known;
  const { host, pathname } = new URL(text);
  const id = pathname.split("/").filter(Boolean).at(-1) ?? "";
  return LISTS.test(host) ? findLicenses(id.replace(/\.\w{3,4}$/, "")) : [];
}

/** The file of another repository that is to be read; undefined where the link names a license that oslm knows. */
export function fileElsewhere(link: string | undefined, repo: string): HubFile | undefined {
  if (link === undefined || linkedFile(link, repo) !== undefined || licensesAt(link).length > 0) return undefined;
  const file = link.length > MAX_LINK ? undefined : hubFile(addressIn(link));
  return file?.revision === READ_REVISION ? file : undefined;
}

/** What the link leads to, for people. */
export function linkTarget(link: string, repo: string): string {
  const own = linkedFile(link, repo);
  const file = link.length > MAX_LINK ? undefined : hubFile(addressIn(link));
  if (own !== undefined || file === undefined) return shownPath(own ?? addressIn(link));
  const at = file.revision === READ_REVISION ? "" : ` at ${shownPath(file.revision)}`;
  return `${file.repo}: ${shownPath(file.path)}${at}`;
}

/** Neither the Hub nor a path. */
export function isForeign(link: string): boolean {
  const text = addressIn(link);
  const address = text.startsWith("//") ? `https:${text}` : text;
  return URL.canParse(address) && !HUB.test(new URL(address).hostname);
}

/** The repository whose page that is. */
export function hubPage(link: string): string | undefined {
  const text = addressIn(link);
  if (!URL.canParse(text) || !HUB.test(new URL(text).hostname)) return undefined;
  const [, repo = ""] = /^\/([^/]+\/[^/]+)(?:\/|\/tree\/main\/?)?$/.exec(new URL(text).pathname) ?? [];
  return isRepoId(repo) ? repo : undefined;
}

/** Authors write Markdown too: `[name](address)`. */
function addressIn(link: string): string {
  return /\]\(\s*<?([^\s()<>]+)/.exec(link)?.[1] ?? link.trim();
}

/** `https://huggingface.co/org/name/blob/main/LICENSE` and its likes. */
function hubFile(link: string): HubFile | undefined {
  if (!URL.canParse(link)) return undefined;
  const { hostname, pathname } = new URL(link);
  const match = /^\/([^/]+\/[^/]+)\/(?:blob|resolve|raw|tree)\/([^/]+)\/(.+)$/.exec(pathname);
  const [repo = "", revision, name] = [match?.[1], decoded(match?.[2] ?? ""), decoded(match?.[3] ?? "")];
  if (!HUB.test(hostname) || !isRepoId(repo) || revision === undefined || name === undefined) return undefined;
  return { repo, revision, path: name };
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
