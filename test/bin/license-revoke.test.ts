// oslm license list and oslm license revoke: what was accepted, and taking it back.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
beforeEach(async () => {
  const repo = (id: string) => ({ id, files: { "m-Q4_K_M.gguf": tinyGguf() }, card: { license: "llama3.2" } });
  hub = await startFakeHub({ repos: [repo("org/llama"), repo("org/other")] });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(async () => {
  await hub.close();
  home.remove();
});

const license = (...args: string[]) => home.run(["license", ...args]);
const accept = (repo: string) => license(repo, "--accept-license", "llama3.2");

it("lists what was accepted: a table, JSON, ids", async () => {
  expect(await license("list")).toEqual({ code: 0, stdout: "", stderr: "" });
  expect((await license("list", "--json")).stdout).toBe("[]\n");
  expect((await inTerminal(home, ["license", "list"])).text).toContain("No license was accepted yet.");
  await accept("org/llama");
  await accept("org/other");
  const rows = (await license("list")).stdout.trimEnd().split("\n");
  expect(rows.map((row) => row.split("\t").slice(0, 2))).toEqual([
    ["llama3.2", "org/llama"],
    ["llama3.2", "org/other"],
  ]);
  expect(rows[0]).toMatch(/\t\d{4}-\d\d-\d\dT[\d:.]+Z\t--accept-license\t.+@.+$/);
  const [first] = JSON.parse((await license("list", "--json")).stdout) as object[];
  expect(Object.keys(first ?? {})).toEqual([
    "license",
    "subject",
    "commit",
    "textSha256",
    "at",
    "how",
    "user",
    "host",
    "version",
    "facts",
  ]);
  expect((await license("list", "--quiet")).stdout).toBe("llama3.2\nllama3.2\n");
  expect((await inTerminal(home, ["license", "list"])).text).toMatch(
    /^LICENSE +FOR +ACCEPTED +HOW +BY\nllama3\.2 +org/,
  );
});

it("revokes for one model or for all, and is asked again afterwards", async () => {
  await accept("org/llama");
  await accept("org/other");
  await home.run(["pull", "org/llama"]);
  const one = await license("revoke", "llama3.2", "--model", "ORG/llama:Q4_K_M", "--yes", "--json");
  expect([one.code, JSON.parse(one.stdout)]).toEqual([0, { revoked: [{ license: "llama3.2", subject: "org/llama" }] }]);
  expect((await home.run(["pull", "org/llama"])).code).toBe(5);
  expect((await license("org/other")).code).toBe(0);
  expect((await license("revoke", "llama3.2", "--model", "Org/Other", "--yes", "--quiet")).stdout).toBe("org/other\n");
  expect((await license("list")).stdout).toBe("");
  const file = join(home.path, ".local", "state", "oslm", "license-acceptances.jsonl");
  expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(4);
  expect((await accept("org/llama")).code).toBe(0);
  expect((await home.run(["pull", "org/llama"])).code).toBe(0);
});

it("revokes nothing without a yes, and nothing that was not accepted", async () => {
  await accept("org/llama");
  const silent = await license("revoke", "llama3.2");
  expect([silent.code, silent.stderr]).toEqual([2, expect.stringContaining("Try: oslm license revoke llama3.2 --yes")]);
  const no = await inTerminal(home, ["license", "revoke", "llama3.2"], [["Revoke it? [y/N]", "n\r"]]);
  expect(no.code).toBe(130);
  for (const args of [["lama3.2"], ["mit"], ["llama3.2", "--model", "org/other"]]) {
    const { code, stderr } = await license("revoke", ...args, "--yes");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/was not accepted.*\n.*\nTry: oslm license list\n$/)]);
  }
  expect((await license("org/llama")).code).toBe(0);
  const yes = await inTerminal(home, ["license", "revoke", "llama3.2"], [["Revoke it? [y/N]", "y\r"]]);
  expect(yes.code).toBe(0);
  expect((await license("org/llama")).code).toBe(5);
});

it("finds what was accepted by a name that the repository has given up", async () => {
  await hub.push({ id: "new/llama", renamedFrom: "old/llama", files: {}, card: { license: "llama3.2" } });
  expect((await accept("new/llama")).code).toBe(0);
  const { code, stdout } = await license("revoke", "llama3.2", "--model", "old/llama", "--yes", "--quiet");
  expect([code, stdout]).toEqual([0, "new/llama\n"]);
});
