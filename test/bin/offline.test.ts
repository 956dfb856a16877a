// Without a network: what is here works by every name it has, whoever put it here, and no socket is opened.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEMO, Home } from "../support/oslm.js";

const BODY = readFileSync(DEMO);
const HASH = createHash("sha256").update(BODY).digest("hex");
const COMMIT = "1".repeat(40);
const ROOT = ".cache/huggingface/hub/models--org--m-GGUF";

let home: Home;
let server: Server;
let connections = 0;

beforeEach(async () => {
  connections = 0;
  server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  home = new Home({ HF_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, HF_HUB_OFFLINE: "1" });
});
afterEach(async () => {
  expect(connections).toBe(0);
  await new Promise((resolve) => server.close(resolve));
  home.remove();
});

function put(path: string, bytes: Buffer | string): void {
  const full = join(home.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
}
/** As hf download leaves it. */
function hfDownload(file: string, { body = BODY, hash = HASH, branch = "main" } = {}): void {
  put(`${ROOT}/blobs/${hash}`, body);
  put(`${ROOT}/refs/${branch}`, COMMIT);
  const place = join(home.path, ROOT, "snapshots", COMMIT, file);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(`../../blobs/${hash}`, place);
}
const run = (...args: string[]) => home.run(args);
const QUESTION = ["How do I pull a model?", "--temp", "0"];

it.each([
  "org/m-GGUF",
  "org/m-GGUF:Q8_0",
  "org/m-GGUF@main",
  "org/m-GGUF@main:Q8_0",
  "ORG/m-gguf",
  `org/m-GGUF@${COMMIT}`,
])("runs %s that hf downloaded once its license is accepted, and remembers it", async (ref) => {
  hfDownload("m-Q8_0.gguf");
  const { code, stderr } = await run("run", ref, ...QUESTION);
  expect([code, stderr]).toEqual([5, expect.stringContaining("the repository's card says is not known offline")]);
  const answer = await run("run", ref, ...QUESTION, "--accept-license", "mit");
  expect([answer.code, answer.stdout]).toEqual([0, expect.stringContaining("oslm pull")]);
  expect((await run("list", "-q")).stdout).toBe("org/m-GGUF:Q8_0\n");
  // Hashed once.
  expect((await run("run", ref, ...QUESTION)).stderr).not.toContain("checking");
});

it("works by any branch that the cache knows, and by no other", async () => {
  hfDownload("m-Q8_0.gguf", { branch: "refs/pr/1" });
  put(`${ROOT}/refs/dev`, COMMIT);
  for (const ref of ["org/m-GGUF@dev", "org/m-GGUF@refs/pr/1"]) expect((await run("show", ref, "-q")).code).toBe(0);
  expect((await run("list", "-q")).stdout.split("\n")).toHaveLength(2);
  expect((await run("run", "org/m-GGUF@elsewhere", "x")).code).toBe(7);
});

it("chooses among several as a pull would", async () => {
  hfDownload("m-Q8_0.gguf");
  hfDownload("m-F16.gguf", { body: BODY });
  expect((await run("show", "org/m-GGUF", "-q")).stdout.trim()).toMatch(/m-Q8_0.gguf$/);
  expect((await run("show", "org/m-GGUF:F16", "-q")).stdout.trim()).toMatch(/m-F16.gguf$/);
});

it.each([
  ["damaged bytes", { hash: "e".repeat(64) }, 8],
  ["no model", { body: Buffer.from("half a download") }, 8],
])("records nothing of %s", async (_what, what, code) => {
  hfDownload("m-Q8_0.gguf", what);
  expect((await run("run", "org/m-GGUF", "x")).code).toBe(code);
  expect((await run("list", "-q")).stdout).toBe("");
});

it("says so when it is not here", async () => {
  hfDownload("m-Q8_0.gguf");
  for (const ref of ["org/m-GGUF:Q4_0", "org/other", "qwen2", "https://127.0.0.1/m.gguf"]) {
    expect((await run("run", ref, "x")).code).toBeOneOf([3, 7]);
  }
});

it("holds what another program put here to the policy, and knows only what its header says", async () => {
  hfDownload("m-Q8_0.gguf");
  const policy = (rules: string) => {
    put("policy.yaml", `license:\n${rules}`);
    return run("run", "org/m-GGUF", ...QUESTION, "--policy", join(home.path, "policy.yaml"));
  };
  const denied = await policy("  allow: [mit]\n  unknown: deny\n");
  expect([denied.code, denied.stdout]).toEqual([5, ""]);
  expect(denied.stderr).toContain("policy.yaml:3 unknown deny");
  const asked = await policy("  deny: [non-commercial]\n");
  expect([asked.code, asked.stderr]).toEqual([5, expect.stringContaining("only the header of the file was read")]);
  expect((await policy("  unknown: allow\n")).code).toBe(0);
  expect((await run("run", "org/m-GGUF", ...QUESTION)).code).toBe(5);
});
