// The prompt for a token, which must not show it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

const TOKEN = "hf_aSecretThatMustNotShow";
let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  hub = await startFakeHub({ repos: [], token: TOKEN });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

const tokenFile = () => join(home.path, ".cache", "huggingface", "token");

it("takes a token without showing it, with corrections", async () => {
  const { code, raw, text } = await inTerminal(
    home,
    ["auth", "login"],
    [[/not shown\): $/, `${TOKEN}xy\u007f\u007f\r`]],
  );
  expect([code, text]).toEqual([0, expect.stringContaining("Signed in as someone.")]);
  expect(text).toContain(`Token from ${hub.endpoint}/settings/tokens (it is not shown): `);
  expect(raw).not.toContain("hf_");
  expect(raw).not.toContain("xy");
  expect(readFileSync(tokenFile(), "utf8")).toBe(TOKEN);
});

it.each([
  ["Ctrl-C", "\u0003", 130],
  ["Ctrl-D", "\u0004", 2],
  ["an empty line", "\r", 2],
])("%s keeps the token that is there", async (_key, typed, expected) => {
  const { code } = await inTerminal(home, ["auth", "login"], [[/not shown\): $/, typed]]);
  expect(code).toBe(expected);
  expect(readFileSync(tokenFile(), "utf8")).toBe(TOKEN);
});

it("does not ask with --no-input", async () => {
  const { code, text } = await inTerminal(home, ["auth", "login", "--no-input"]);
  expect([code, text]).toEqual([2, expect.stringContaining("--token-stdin")]);
});
