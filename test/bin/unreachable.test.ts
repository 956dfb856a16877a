// A Hub that cannot be reached, asked for what is here already.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { DEMO, Home } from "../support/oslm.js";

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  hub = await startFakeHub({
    repos: [{ id: "org/m-GGUF", files: { "m-Q8_0.gguf": readFileSync(DEMO) }, card: { license: "mit" } }],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  expect((await home.run(["pull", "org/m-GGUF"])).code).toBe(0);
  await hub.close();
});
afterAll(() => home.remove());

it.each(["pull", "fit"])("%s says how to do without it", async (verb) => {
  const help = ["oslm", verb, "org/m-GGUF", "--offline"];
  const { code, stderr } = await home.run([verb, "org/m-GGUF"]);
  expect([code, stderr]).toEqual([
    7,
    expect.stringMatching(
      new RegExp(`cannot be reached\\n.*\\nTry: check .*; or, since it is on this disk: ${help.join(" ")}\\n$`),
    ),
  ]);
  expect((await home.run(help.slice(1))).code).toBe(0);
});

it("says of what is not here what it always says", async () => {
  const { code, stderr } = await home.run(["pull", "org/other-GGUF"]);
  expect([code, stderr]).toEqual([7, expect.stringMatching(/Try: check HF_ENDPOINT/)]);
});
