// What a person has accepted for a model, and the way to write down more of it.
import { type LedgerHow, type LedgerRecord, ledgerLine, readLedger } from "../license/ledger.js";
import { type Acceptance, type AcceptedSubject, acceptedFor } from "../license/ledger-standing.js";
import type { World } from "./world.js";

/** What is accepted: the license of this, in these words. */
export type Subject = AcceptedSubject & Pick<LedgerRecord, "commit">;

export interface Acceptances {
  /** Those that stand for the subject and its license text. */
  readonly standing: readonly Acceptance[];
  /** Writes down one more; what cannot be written down counts as not accepted. */
  record(licenses: readonly string[], how: LedgerHow): Promise<void>;
}

/** @throws OslmError usage when the record cannot be one */
export async function acceptancesOf(world: World, subject: Subject): Promise<Acceptances> {
  return {
    standing: acceptedFor(await ledgerRecords(world), subject),
    record: (licenses, how) => addRecord(world, { ...subject, decision: "accepted", licenses, how }),
  };
}

/** All records; lines that make no sense are told of. */
export async function ledgerRecords({ ledger }: World): Promise<readonly LedgerRecord[]> {
  const { records, broken } = readLedger(await ledger.read());
  if (broken.length > 0) ledger.tell({ path: ledger.file, lines: broken });
  return records;
}

/** Adds a record: now, by whoever runs this. */
export async function addRecord(
  { ledger, now }: World,
  record: Subject & Pick<LedgerRecord, "decision" | "licenses" | "how">,
): Promise<void> {
  await ledger.add(
    ledgerLine({
      ...record,
      textSha256: record.textSha256 ?? null,
      at: now().toISOString(),
      ...ledger.author(),
      facts: null,
    }),
  );
}
