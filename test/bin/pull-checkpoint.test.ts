// oslm pull of a repository that has a checkpoint and no GGUF file, from a Hub on loopback.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeFolder } from "../support/checkpoints/folder.js";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";

let home: Home;
let hub: FakeHub;

async function start(...repos: FakeRepo[]): Promise<void> {
  hub = await startFakeHub({ repos, token: "hf_right" });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
}

function filesOf(change: object = {}): Record<string, Buffer> {
  const folder = join(scratch.path, `made-${Math.random()}`);
  writeFolder(folder, change);
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}
const scratch = new Home();
beforeEach(() => start({ id: "org/Tiny", files: filesOf(), card: { license: "apache-2.0" } }));
afterEach(async () => {
  await hub.close();
  home.remove();
});

it("makes what fits of it, and runs", async () => {
  const pulled = await home.run(["pull", "org/Tiny", "--json"]);
  console.log(pulled.stderr);
  expect(pulled.code).toBe(0);
  console.log(pulled.stdout);
  const run = await home.run(["run", "org/Tiny", "hello", "-n", "4", "--temp", "0"]);
  console.log(run);
  console.log(home.files(), (await home.run(["list"])).stdout);
});
