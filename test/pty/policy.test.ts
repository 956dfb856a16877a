// What a policy says to a person at a terminal.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { licensePart } from "../support/policy.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;

beforeAll(async () => {
  hub = await startFakeHub({
    repos: [{ id: "org/free", files: { "m-Q4_K_M.gguf": tinyGguf() }, card: { license: "mit" } }],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

function policy(text: string): string {
  const path = join(home.path, "policy.yaml");
  writeFileSync(path, licensePart(text));
  return path;
}

it("asks where a rule wants a review, and names the rule", async () => {
  const command = ["pull", "org/free", "--policy", policy("review: [permissive]")];
  const declined = await inTerminal(home, command, [["Accept mit? [y/N]", "n\r"]], { columns: 400 });
  expect([declined.code, declined.text]).toEqual([
    130,
    expect.stringMatching(/policy\.yaml:2 review class permissive\.[\s\S]*nothing was downloaded/),
  ]);
  expect(hub.requests.filter(({ path }) => path.endsWith(".gguf"))).toEqual([]);
  expect((await inTerminal(home, command, [["Accept mit? [y/N]", "y\r"]])).code).toBe(0);
  // Asked once: what was accepted holds.
  expect((await inTerminal(home, command)).code).toBe(0);
});

it("does not ask where a rule denies", async () => {
  const { code, text } = await inTerminal(home, ["pull", "org/free", "--policy", policy("deny: [permissive]")]);
  expect([code, text]).toEqual([5, expect.not.stringContaining("Accept")]);
});

it("lets no text of a policy steer the terminal", async () => {
  const exception = String.raw`deny: [mit]
exceptions:
  - {repo: org/free, reason: "a\e[2Jb\u009b2Jc", approver: "x\ny", expires: 2999-01-01}`;
  const { raw, text } = await inTerminal(home, ["pull", "org/free", "--policy", policy(exception)], [], {
    columns: 400,
  });
  expect(text).toMatch(/exception until 2999-01-01, approved by x/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for exactly that
  expect(raw).not.toMatch(/\u001b\[2J|\u009b/);
});
