// The record of license acceptances: what its lines say, and what of it stands.
import { expect, it } from "vitest";
import { type LedgerRecord, ledgerLine, readLedger } from "../../src/license/ledger.js";
import { acceptedFor, standing } from "../../src/license/ledger-standing.js";

const HASH = "a".repeat(64);
const accepted: LedgerRecord = {
  decision: "accepted",
  subject: "org/m",
  commit: "b".repeat(40),
  licenses: ["llama3.2"],
  textSha256: null,
  at: "2026-11-21T14:00:00.000Z",
  how: "terminal",
  user: "ada",
  host: "desk",
  version: "0.1.0",
  facts: null,
};
const revoked: LedgerRecord = { ...accepted, decision: "revoked", how: "--yes" };
const file = (...records: LedgerRecord[]): string => records.map((record) => `${ledgerLine(record)}\n`).join("");
const ids = (records: readonly LedgerRecord[], textSha256: string | null = null, subject = "org/m"): string[] =>
  acceptedFor(records, { subject, textSha256 }).map(({ license }) => license);

it("reads what it writes", () => {
  const records = [accepted, { ...revoked, facts: { mau: 1000 } }];
  expect(readLedger(file(...records))).toEqual({ records, broken: [] });
  expect(readLedger("")).toEqual({ records: [], broken: [] });
});

it("passes over a line that was cut off, and what follows it is read", () => {
  const line = ledgerLine(accepted);
  for (const length of [1, 20, line.length - 1]) {
    expect(readLedger(`${file(accepted)}${line.slice(0, length)}`)).toEqual({ records: [accepted], broken: [2] });
    expect(readLedger(`${line.slice(0, length)}\n${file(revoked)}`)).toEqual({ records: [revoked], broken: [1] });
  }
});

const changed = (change: object): string => JSON.stringify({ ...JSON.parse(ledgerLine(accepted)), ...change });
it.each([
  ["no JSON", "accepted llama3.2"],
  ["null", "null"],
  ["a list", "[]"],
  ["a later format", changed({ format: 2 })],
  ["another decision", changed({ decision: "perhaps" })],
  ["no subject", changed({ subject: "" })],
  ["an endless subject", changed({ subject: "x".repeat(5000) })],
  ["an endless line", changed({ more: "x".repeat(20_000) })],
  ["a commit that is none", changed({ commit: "main" })],
  ["no licenses", changed({ licenses: [] })],
  ["licenses that are a text", changed({ licenses: "llama3.2" })],
  ["too many licenses", changed({ licenses: Array(65).fill("mit") })],
  ["an id that steers a terminal", changed({ licenses: ["\u001b[31mmit"] })],
  ["an id that is a number", changed({ licenses: [1] })],
  ["a hash that is none", changed({ textSha256: "abc" })],
  ["a missing hash", changed({ textSha256: undefined })],
  ["a time that is none", changed({ at: "yesterday, at noon......." })],
  ["a time of another zone", changed({ at: "2026-11-21T14:00:00+01:00" })],
  ["another way", changed({ how: "telepathy" })],
  ["a user that is an object", changed({ user: {} })],
  ["facts that are a text", changed({ facts: "none" })],
])("does not believe %s", (_what, line) => {
  expect(readLedger(`${line}\n${file(revoked)}`)).toEqual({ records: [revoked], broken: [1] });
});

it("holds what was accepted for its subject only", () => {
  const both = { ...accepted, licenses: ["llama3.2", "mit"] };
  expect(ids([both])).toEqual(["llama3.2", "mit"]);
  expect(ids([both], null, "org/other")).toEqual([]);
});

it("holds it for the text that was shown only", () => {
  const shown = { ...accepted, textSha256: HASH };
  expect(ids([shown], HASH)).toEqual(["llama3.2"]);
  expect(ids([shown], "c".repeat(64))).toEqual([]);
  expect(ids([shown], null)).toEqual([]);
  expect(ids([accepted], HASH)).toEqual([]);
});

it("forgets what was revoked, whatever its text, until it is accepted again", () => {
  const records = [accepted, { ...accepted, textSha256: HASH }, { ...accepted, licenses: ["mit"] }, revoked];
  expect(ids(records)).toEqual(["mit"]);
  expect(ids(records, HASH)).toEqual([]);
  expect(ids([...records, accepted])).toEqual(["mit", "llama3.2"]);
  expect(ids([accepted, { ...revoked, subject: "org/other" }])).toEqual(["llama3.2"]);
  expect(ids([revoked, accepted])).toEqual(["llama3.2"]);
});

it("names each acceptance once, with the last time", () => {
  const again = { ...accepted, at: "2026-11-22T14:00:00.000Z" };
  const { licenses: _, decision: __, ...rest } = again;
  expect(standing([accepted, again])).toEqual([{ license: "llama3.2", ...rest }]);
  const other = { ...accepted, licenses: ["mit"] };
  expect(standing([accepted, other, again]).map(({ license }) => license)).toEqual(["mit", "llama3.2"]);
});
