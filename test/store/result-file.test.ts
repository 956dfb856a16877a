// The file of a batch's results, and files that are none.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ResultFile } from "../../src/store/result-file.js";
import { failureOf } from "../support/failure-of.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-results-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("leaves somebody's notes as they are, and says what they are not", async () => {
  const path = join(folder, "notes.txt");
  writeFileSync(path, "my notes\n");
  const { code, facts } = await failureOf(ResultFile.open(path));
  expect([code, facts]).toEqual(["usage", expect.objectContaining({ detail: "Line 1 is no result of oslm batch." })]);
  expect(readFileSync(path, "utf8")).toBe("my notes\n");
});

it("says what the system does", async () => {
  const { facts } = await failureOf(ResultFile.open(join(folder, "notes.txt", "inner")));
  expect(facts).toMatchObject({ detail: "The system says EEXIST." });
});

it("leaves no file open where it cannot write beside it", async () => {
  const path = join(folder, "results.jsonl");
  writeFileSync(path, '{"id":1,"status":"ok"}\n');
  mkdirSync(`${path}.${process.pid}.tmp`);
  // The set-up of the tests looks at what is open.
  const results = await ResultFile.open(path);
  expect((await failureOf(results.keep(new Map([[1, 1]])))).code).toBe("usage");
  await results.close();
});
