// The license texts of a repository, each in one small request or from what was kept.
import { type ErrorCode, isOslmError } from "../../errors.js";
import { readSmallText } from "../../hub/small-text.js";
import type { LicenseFile } from "../../license/evidence.js";
import { linkedFile } from "../../license/license-link.js";
import { shownPath } from "../../license/shown-path.js";
import { findLicenseFiles, GATE_PROMPT, type NamedText } from "../../license/text-files.js";
import type { Bytes, ModelCard } from "../../model/types.js";
import type { EvidenceFile } from "../../store/evidence-folder.js";
import { hashText } from "../../store/hash-text.js";
import type { World } from "../world.js";
import { keptText } from "./kept-evidence.js";

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
 * What is refused, or is no text of that length, has the text null.
 * @throws OslmError network, rate-limited and the like
 */
export async function readTexts(
  world: World,
  { repo, commit }: Omit<EvidenceFile, "path">,
  { wanted }: Pick<TextPlan, "wanted">,
): Promise<readonly LicenseFile[]> {
  return Promise.all(
    wanted.map(async ({ path, kind, isOnlyLinked }) => {
      const file = await readText(world, { repo, commit, path }, isOnlyLinked ? "refuse" : "follow");
      return { ...file, kind };
    }),
  );
}

/** What the Hub asks consent to, as one more text. */
export function promptText(gatePrompt: string | undefined): readonly LicenseFile[] {
  if (gatePrompt === undefined) return [];
  return [{ path: GATE_PROMPT, kind: "prompt", text: gatePrompt, sha256: hashText(gatePrompt) }];
}

async function readText(world: World, file: EvidenceFile, pointers: "follow" | "refuse"): Promise<LicenseFile> {
  const { path } = file;
  const kept = await keptText(world, file);
  if (kept !== undefined) return kept;
  try {
    const text = await readSmallText(await world.hub(), file, MAX_TEXT, world.signal, pointers);
    return { path, text, sha256: hashText(text) };
  } catch (error) {
    // To a stranger the Hub calls a repository missing that is closed.
    const isRefused = isOneOf(error, ["gated", "forbidden", "repo-not-found"]);
    if (isRefused || isOneOf(error, ["file-not-in-repo", "malformed-reply", "hub-failed"])) return { path, text: null };
    throw error;
  }
}

export function isOneOf(error: unknown, codes: readonly ErrorCode[]): boolean {
  return codes.some((code) => isOslmError(error, code));
}
