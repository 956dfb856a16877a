// What a person has accepted for a model, and the way to write down more of it.
import { type LedgerHow, type LedgerRecord, ledgerLine, readLedger } from "../../license/ledger.js";
import { type Acceptance, type AcceptedSubject, acceptedFor } from "../../license/ledger-standing.js";
import { statedFacts } from "../../license/policy-file.js";
import type { World } from "../world.js";

/** What is accepted: the license of this, in these words. */
export type Subject = AcceptedSubject & Pick<LedgerRecord, "commit">;

export interface Acceptances {
  /** Those that stand for the subject and its license text. */
  standing(): Promise<readonly Acceptance[]>;
  /** Writes down one more; what cannot be written down counts as not accepted. */
  record(licenses: readonly string[], how: LedgerHow): Promise<void>;
}

/** Nothing is read before it is asked for: a record that cannot be one is no matter to free models. */
export function acceptancesOf(world: World, subject: Subject): Acceptances {
  return {
    standing: async () => acceptedFor(await ledgerRecords(world), subject),
    record: (licenses, how) => addRecord(world, { ...subject, decision: "accepted", licenses, how }),
  };
}

/** All records; lines that make no sense are told of. */
export async function ledgerRecords({ ledger }: World): Promise<readonly LedgerRecord[]> {
  const { records, broken } = readLedger(await ledger.read());
  if (broken.length > 0) ledger.tell({ path: ledger.file, lines: broken });
  return records;
}

/** Adds a record: now, by whoever runs this, with what the policy was told of them. */
export async function addRecord(
  { ledger, now, policy }: World,
  record: Subject & Pick<LedgerRecord, "decision" | "licenses" | "how">,
): Promise<void> {
  const { written } = await policy();
  await ledger.add(
    ledgerLine({
      ...record,
      textSha256: record.textSha256 ?? null,
      at: now().toISOString(),
      ...ledger.author(),
      facts: statedFacts(written?.files ?? []),
    }),
  );
}
