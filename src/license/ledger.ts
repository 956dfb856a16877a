// The record of license acceptances, as lines of JSON: one record each, only ever added. Anybody can write the file, so
// every field is checked before it is believed.
import { parseObject } from "../model/parse-object.js";
import { cleanLicenseId } from "./catalogue.js";

const HOW = ["terminal", "--accept-license", "OSLM_ACCEPT_LICENSE", "--yes"] as const;

/** How the person said it: asked on a terminal, by flag, by variable; revocations by `--yes` too. */
export type LedgerHow = (typeof HOW)[number];

/** One line. */
export interface LedgerRecord {
  readonly decision: "accepted" | "revoked";
  /** What it is for: a repository of the Hub, an address, or the path of a file. */
  readonly subject: string;
  /** Of the repository, when there is one. */
  readonly commit: string | null;
  readonly licenses: readonly string[];
  /** Of the license text that was shown; null when there was none. */
  readonly textSha256: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly how: LedgerHow;
  readonly user: string;
  readonly host: string;
  /** Of oslm. */
  readonly version: string;
  /** What a policy was told about the person's circumstances; null when nothing was. */
  readonly facts: object | null;
}

export interface Ledger {
  readonly records: readonly LedgerRecord[];
  /** Numbers of the lines that make no sense, from 1: cut off by a crash, or not ours. */
  readonly broken: readonly number[];
}

/** What this oslm writes; lines of later ones are passed over. */
const FORMAT = 1;

/** Characters. A path has 4096 at most; a longer line is not ours. */
const MAX_LINE = 16_384;

/** Reads the whole file. A line that makes no sense is passed over and told, never a reason to fail. */
export function readLedger(text: string): Ledger {
  const records: LedgerRecord[] = [];
  const broken: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const record = line.length > MAX_LINE ? undefined : readLine(line);
    if (record === undefined) broken.push(index + 1);
    else records.push(record);
  }
  return { records, broken };
}

/** The line of a record, without its end. */
export function ledgerLine(record: LedgerRecord): string {
  return JSON.stringify({ format: FORMAT, ...record });
}

function readLine(line: string): LedgerRecord | undefined {
  const { format, ...record } = parseObject(line) ?? {};
  return format === FORMAT && isRecord(record) ? record : undefined;
}

function isRecord(record: object): record is LedgerRecord {
  const { decision, subject, commit, licenses, textSha256, at, how, user, host, version, facts } = record as Readonly<
    Record<keyof LedgerRecord, unknown>
  >;
  return (
    (decision === "accepted" || decision === "revoked") &&
    isText(subject, 4096) &&
    (commit === null || (isText(commit, 40) && /^[0-9a-f]{40}$/.test(commit))) &&
    isIds(licenses) &&
    (textSha256 === null || (isText(textSha256, 64) && /^[0-9a-f]{64}$/.test(textSha256))) &&
    isTime(at) &&
    HOW.some((one) => one === how) &&
    [user, host, version].every((text) => isText(text, 256)) &&
    typeof facts === "object" &&
    !Array.isArray(facts)
  );
}

function isText(value: unknown, limit: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= limit;
}

function isIds(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > 64) return false;
  return value.every((id) => isText(id, 100) && id === cleanLicenseId(id));
}

/** Exactly what `Date.toISOString` writes. */
function isTime(value: unknown): boolean {
  if (!isText(value, 24) || Number.isNaN(Date.parse(value))) return false;
  return new Date(value).toISOString() === value;
}
