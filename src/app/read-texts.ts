// The license texts of a repository, each in one small request or from what was kept.
import { type ErrorCode, isOslmError } from "../errors.js";
import { readSmallText } from "../hub/small-text.js";
import type { LicenseFile } from "../license/evidence.js";
import { linkedFile } from "../license/license-link.js";
import { shownPath } from "../license/shown-path.js";
import { findLicenseFiles, GATE_PROMPT, type NamedText } from "../license/text-files.js";
import type { Bytes, ModelCard } from "../model/types.js";
import type { EvidenceFile } from "../store/evidence-folder.js";
import { keptText, sha256Of } from "./kept-evidence.js";
import type { World } from "./world.js";

/** The longest real one, the GPL with its addenda, has 35 kB. */
const MAX_TEXT: Bytes = 256 * 1024;

/** Every repository may be asked for one text; what more all of them may be asked for together. */
export interface Purse {
  left: number;
}

export interface ListedRepo {
  readonly repo: string;
  readonly card: ModelCard;
  /** Paths that are safe. */
  readonly files: readonly string[];
  /** The others: hostile text. */
  readonly refused: Iterable<string>;
}

/** What to read of one repository, and what is left. */
export interface TextPlan {
  readonly wanted: readonly NamedText[];
  readonly unread: readonly string[];
  /** Whether there is a license text, read or not. */
  readonly hasText: boolean;
}

/** Takes from the purse: a second text, the use policy, the notice, then the other texts. */
export function planTexts({ repo, card, files, refused }: ListedRepo, purse: Purse): TextPlan {
  const { found, unread } = findLicenseFiles(files, refused, linkedFile(card.licenseLink, repo));
  const texts = found.filter(({ kind }) => kind === "text" || kind === "beside");
  const belonging = (["policy", "notice"] as const).flatMap((wanted) =>
    found.filter(({ kind }) => kind === wanted).slice(0, 1),
  );
  const [first, second, ...others] = texts;
  const more = [...(second === undefined ? [] : [second]), ...belonging, ...others];
  const paid = more.slice(0, purse.left);
  purse.left -= paid.length;
  const left = texts.filter((text) => text !== first && !paid.includes(text));
  return {
    wanted: [...(first === undefined ? [] : [first]), ...paid],
    unread: [...left.map(({ path }) => shownPath(path)), ...unread],
    hasText: texts.length + unread.length > 0,
  };
}

/**
 * What is not given, or is no text of that length, has the text null.
 * @param gate `closed` to leave out what only those may read who passed the repository's gate: without it nothing is pulled
 * @throws OslmError network, rate-limited and the like
 */
export async function readTexts(
  world: World,
  { repo, commit }: Omit<EvidenceFile, "path">,
  { wanted }: Pick<TextPlan, "wanted">,
  gate?: "closed",
): Promise<readonly LicenseFile[]> {
  const files = await Promise.all(
    wanted.map(async ({ path, kind, isOnlyLinked }) => {
      const file = await readText(world, { repo, commit, path }, isOnlyLinked ? "refuse" : "follow");
      return file === "gated" ? (gate === "closed" ? [] : [{ path, kind, text: null }]) : [{ ...file, kind }];
    }),
  );
  return files.flat();
}

/** What the Hub asks consent to, as one more text. */
export function promptText(gatePrompt: string | undefined): readonly LicenseFile[] {
  if (gatePrompt === undefined) return [];
  return [{ path: GATE_PROMPT, kind: "prompt", text: gatePrompt, sha256: sha256Of(gatePrompt) }];
}

async function readText(
  world: World,
  file: EvidenceFile,
  pointers: "follow" | "refuse",
): Promise<LicenseFile | "gated"> {
  const { path } = file;
  const kept = await keptText(world, file);
  if (kept !== undefined) return kept;
  try {
    const text = await readSmallText(await world.hub(), file, MAX_TEXT, world.signal, pointers);
    return { path, text, sha256: sha256Of(text) };
  } catch (error) {
    if (isOneOf(error, ["gated", "forbidden"])) return "gated";
    if (isOneOf(error, ["file-not-in-repo", "malformed-reply", "hub-failed"])) return { path, text: null };
    throw error;
  }
}

export function isOneOf(error: unknown, codes: readonly ErrorCode[]): boolean {
  return codes.some((code) => isOslmError(error, code));
}
