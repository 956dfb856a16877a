// A model that was imported from a file which is not there any more.
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let path: string;
beforeEach(async () => {
  home = new Home();
  path = join(home.path, "copy.gguf");
  writeFileSync(path, tinyGguf({ "general.license": "mit" }));
  await home.run(["import", path, "--name", "mine"]);
  renameSync(path, join(home.path, "moved.gguf"));
});
afterEach(() => home.remove());

const HELP = "oslm import PATH --name mine   (or oslm rm mine to forget it)";

it.each([[["run", "mine", "hi"]], [["show", "mine"]], [["fit", "mine"]], [["cp", "mine", "other"]]])(
  "%j says where it was",
  async (args) => {
    const { code, stderr } = await home.run(args);
    expect([code, stderr]).toEqual([
      3,
      `oslm: the file of mine is not there\n  It was imported from ${path}: was it moved, or is its disk not connected?\nTry: ${HELP}\n`,
    ]);
  },
);

it("list, doctor and verify say so too", async () => {
  const { text } = await inTerminal(home, ["list"]);
  expect(text.replace(/\s+/g, " ")).toContain(`mine is left out: there is no ${path} (oslm doctor)`);
  const doctor = await home.run(["doctor", "--json"]);
  expect(JSON.parse(doctor.stdout)).toMatchObject({
    index: { gone: ["mine"], away: [{ name: "mine", path }] },
    findings: [{ code: "import-gone", message: expect.stringContaining(path), hint: HELP }],
  });
  expect((await home.run(["verify"])).stderr).toContain(`Try: ${HELP}\n`);
});

it("goes by its name again from where it is now, or is forgotten", async () => {
  expect((await home.run(["import", join(home.path, "moved.gguf"), "--name", "mine"])).code).toBe(0);
  expect((await home.run(["show", "mine"])).code).toBe(0);
  renameSync(join(home.path, "moved.gguf"), path);
  expect((await home.run(["rm", "mine", "--yes"])).code).toBe(0);
  expect((await home.run(["doctor"])).code).toBe(0);
});
