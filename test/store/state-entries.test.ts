// The records of evaluated prompts, which anybody may have damaged.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { listStates } from "../../src/store/state-entries.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-states-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("passes over records that make no sense", async () => {
  const sound = { tokens: [1, 2, 3], exact: 3, bytes: 10, sha256: "a" };
  const records: object[] = [
    sound,
    { ...sound, exact: 4 },
    { ...sound, exact: -1 },
    { ...sound, tokens: [1, "2"] },
    { ...sound, bytes: 0.5 },
    { ...sound, sha256: null },
    [],
  ];
  for (const [index, record] of records.entries())
    writeFileSync(join(folder, `${String(index).padStart(32, "0")}.json`), JSON.stringify(record));
  expect((await listStates(folder)).map(({ id, exact }) => [Number(id), exact])).toEqual([[0, 3]]);
});
