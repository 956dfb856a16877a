// What of the record of license acceptances still stands: what was accepted and not revoked afterwards.
import type { LedgerRecord } from "./ledger.js";

/** One license, accepted for one subject. */
export interface Acceptance extends Omit<LedgerRecord, "licenses" | "decision"> {
  readonly license: string;
}

/** In the order in which they were accepted; of one license, text and subject the last. */
export function standing(records: readonly LedgerRecord[]): readonly Acceptance[] {
  const accepted = new Map<string, Acceptance>();
  for (const { licenses, decision, ...rest } of records) {
    for (const license of licenses) {
      const acceptance = { license, ...rest };
      if (decision === "accepted") {
        accepted.delete(keyOf(acceptance));
        accepted.set(keyOf(acceptance), acceptance);
        continue;
      }
      // Whatever its text was.
      for (const [key, other] of accepted) {
        if (other.license === license && other.subject === rest.subject) accepted.delete(key);
      }
    }
  }
  return [...accepted.values()];
}

/** What an acceptance is for. */
export interface AcceptedSubject extends Pick<LedgerRecord, "subject"> {
  /** Of its license text, null where it has none; undefined for what is stored: its text was looked at by the pull. */
  readonly textSha256: string | null | undefined;
}

/**
 * What stands for this subject and this license text. A text that is new, has changed or has gone is another than the one
 * that was accepted.
 */
export function acceptedFor(
  records: readonly LedgerRecord[],
  { subject, textSha256 }: AcceptedSubject,
): readonly Acceptance[] {
  return standing(records).filter(
    (one) => one.subject === subject && (textSha256 === undefined || one.textSha256 === textSha256),
  );
}

function keyOf({ subject, license, textSha256 }: Acceptance): string {
  return JSON.stringify([subject, license, textSha256]);
}
