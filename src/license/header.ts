// What the headers of GGUF files say of the license, against what was judged without them. A header only ever tightens: anybody
// can write into it, and converters copy it from a card.
import { isRepoId, type LicenseVerdict, type ModelCard, type RepoId } from "../model/types.js";
import type { LicenseEntry } from "./catalogue.js";
import { detectLicense, type LicenseClaim, uniqueEntries } from "./detect.js";
import type { FileHeader } from "./evidence.js";
import { namedLicense } from "./names.js";
import { shownPath } from "./shown-path.js";
import { covers } from "./standing.js";
import { isFree, strictness } from "./strictness.js";

export interface HeaderStanding {
  /** Terms that only a header tells of. */
  readonly entries: readonly LicenseEntry[];
  readonly claims: readonly LicenseClaim[];
  readonly conflicts: LicenseVerdict["conflicts"];
  /** What a header names and oslm does not know. */
  readonly gaps: readonly string[];
}

/** Longer than any real value. */
const MAX_TEXT = 1000;
const MAX_BASES = 24;
const HUB_HOSTS = ["huggingface.co", "hf.co"];

type HeaderWords = Omit<FileHeader, "file">;

/** What there is to keep of a header; undefined when it says nothing. */
export function fileHeader(file: string, words: HeaderWords): FileHeader | undefined {
  const cut = (text: string | null) => text?.slice(0, MAX_TEXT) ?? null;
  const [license, licenseName, licenseLink] = [words.license, words.licenseName, words.licenseLink].map(cut);
  const baseModels = words.baseModels.slice(0, MAX_BASES).map((name) => name.slice(0, MAX_TEXT));
  if (license === null && licenseName === null && baseModels.length === 0) return undefined;
  return {
    file,
    license: license ?? null,
    licenseName: licenseName ?? null,
    licenseLink: licenseLink ?? null,
    baseModels,
  };
}

/** The header's words where a card would have them. */
export function headerCard({ license, licenseName, licenseLink, baseModels }: HeaderWords): ModelCard {
  return {
    // llama.cpp's converter joins the card's list with commas.
    license: license === null ? [] : license.slice(0, MAX_TEXT).split(","),
    ...(licenseName !== null && { licenseName }),
    ...(licenseLink !== null && { licenseLink }),
    baseModels,
  };
}

/** The repositories that headers call base models; addresses elsewhere and names in prose can only be shown. */
export function headerBases(headers: readonly FileHeader[], endpoint: string): readonly RepoId[] {
  const own = URL.canParse(endpoint) ? new URL(endpoint).host : "";
  return headers.flatMap(({ baseModels }) =>
    baseModels.flatMap((name) => {
      const url = URL.canParse(name) ? new URL(name) : undefined;
      if (url !== undefined && ![...HUB_HOSTS, own].includes(url.host.replace(/^www\./, ""))) return [];
      const repo = url === undefined ? name : url.pathname.split("/").slice(1, 3).join("/");
      return isRepoId(repo) && !/^(?:datasets|spaces)\//.test(repo) ? [repo] : [];
    }),
  );
}

/** @param judged what card, texts and base models have come to */
export function weighHeaders(headers: readonly FileHeader[], judged: readonly LicenseEntry[]): HeaderStanding {
  const all = headers.map((header) => weighHeader(header, judged));
  return {
    entries: uniqueEntries(all.flatMap(({ entries }) => entries)),
    claims: all.flatMap(({ claims }) => claims),
    conflicts: all.flatMap(({ conflicts }) => conflicts),
    gaps: all.flatMap(({ gaps }) => gaps),
  };
}

function weighHeader(header: FileHeader, judged: readonly LicenseEntry[]): HeaderStanding {
  const file = shownPath(header.file);
  const known = judged.filter((entry) => entry.class !== "unknown");
  const isSilent = header.license === null && header.licenseName === null;
  const said = isSilent ? undefined : detectLicense(headerCard(header));
  const entries = fresh(known, said?.entries ?? []);
  const conflicts = known.length > 0 && entries.length > 0 ? [licenseConflict(file, known, entries)] : [];
  const named = header.baseModels.flatMap((name) => baseConflict(file, name, [...known, ...entries]));
  return {
    entries,
    claims: (said?.claims ?? []).map((claim) => ({
      ...claim,
      source: `${file}: ${claim.source.replace("card.license", "general.license").replace("_", ".")}`,
    })),
    conflicts: [...conflicts, ...named.slice(0, 1)],
    gaps: said === undefined ? [] : unknownIn(file, said.entries, judged),
  };
}

/** Terms that bind and that nothing else has named. */
function fresh(known: readonly LicenseEntry[], said: readonly LicenseEntry[]): readonly LicenseEntry[] {
  if (strictness(known) > strictness(said)) return [];
  return said.filter(
    (entry) =>
      !isFree(entry) && entry.class !== "unknown" && !known.some((one) => covers(one, entry) || covers(entry, one)),
  );
}

function unknownIn(file: string, said: readonly LicenseEntry[], judged: readonly LicenseEntry[]): readonly string[] {
  const names = said.map(({ id }) => id).filter((id) => id !== "other" && id !== "unknown");
  const isClear =
    said.some((entry) => entry.class !== "unknown") || names.every((id) => judged.some((one) => one.id === id));
  return isClear ? [] : [`the header of ${file} names \`${names.join(", ")}\`, which oslm does not know`];
}

function licenseConflict(
  file: string,
  known: readonly LicenseEntry[],
  entries: readonly LicenseEntry[],
): LicenseVerdict["conflicts"][number] {
  const [declared, found] = [idsOf(known), idsOf(entries)];
  const explanation = `Card, texts and base models say ${declared}; the header of ${file} says ${found}.`;
  return { kind: "header-differs", declared, found, source: file, explanation };
}

/** Where the base is only a name, that may tell its license, as a repository's does. */
function baseConflict(file: string, base: string, known: readonly LicenseEntry[]): LicenseVerdict["conflicts"] {
  const name = base.split("/").at(-1)?.trim().replace(/\s+/g, "-") ?? "";
  const named = namedLicense(`base/${name}`);
  if (named === undefined || known.length === 0 || strictness(known) > strictness([named])) return [];
  if (known.some((entry) => covers(entry, named) || covers(named, entry))) return [];
  const declared = idsOf(known);
  const explanation = `The header of ${file} says that the model was made from ${shownPath(base)}, which is the name of a model under ${named.id}; nothing else says so, and the license is given as ${declared}.`;
  return [{ kind: "name-suggests-other", declared, found: named.id, source: file, explanation }];
}

function idsOf(entries: readonly LicenseEntry[]): string {
  return [...new Set(entries.map(({ id }) => id))].join(", ");
}
