// A repository's folder that was moved to another disk, with a link in its place: it is named, and never followed.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const NAME = "org/m-GGUF:Q8_0";

let hub: FakeHub;
let home: Home;
/** The home as it was after the pulls. */
let kept: string;
let folder: string;
let elsewhere: string;
beforeAll(async () => {
  const card = { license: "mit" };
  hub = await startFakeHub({
    repos: [
      { id: "org/m-GGUF", files: { "m-Q8_0.gguf": tinyGguf() }, card },
      { id: "org/other-GGUF", files: { "other-Q8_0.gguf": tinyGguf() }, card },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  kept = `${home.path}-kept`;
  for (const name of [NAME, "org/other-GGUF"]) expect((await home.run(["pull", name])).code).toBe(0);
  cpSync(home.path, kept, { recursive: true, verbatimSymlinks: true });
});
afterAll(async () => {
  await hub.close();
  home.remove();
  rmSync(kept, { recursive: true });
});
beforeEach(() => {
  rmSync(home.path, { recursive: true });
  cpSync(kept, home.path, { recursive: true, verbatimSymlinks: true });
  folder = join(home.cache, "models--org--m-GGUF");
  elsewhere = join(home.path, "big-disk");
  renameSync(folder, elsewhere);
  symlinkSync(elsewhere, folder);
  hub.requests.length = 0;
});

/** What lies behind the link, and that it is the link itself that lies there. */
const behind = () => readdirSync(elsewhere, { recursive: true, encoding: "utf8" }).sort();
const told = () => [
  `oslm: ${folder} is a link, and oslm follows none out of its folders`,
  `  It leads to ${elsewhere}.`,
  `Try: test -d ${elsewhere} && rm ${folder} && mv ${elsewhere} ${folder}   (or move the whole cache there, and set HF_HUB_CACHE to it)`,
];

it.each([
  ["pull", NAME],
  ["run", NAME, "hello"],
  ["run", "--offline", NAME, "hello"],
  ["show", NAME],
  ["verify", NAME],
  ["verify", "--repair", NAME],
  ["rm", "--yes", NAME],
  ["cp", NAME, "mine"],
])("%s %s %s names the link and how to undo it", async (...args) => {
  const before = behind();
  const { code, stdout, stderr } = await home.run(args);
  expect([code, stdout, stderr.trimEnd().split("\n").slice(-3)]).toEqual([2, "", told()]);
  expect(behind()).toEqual(before);
  expect(hub.requests.filter(({ host }) => host === "cdn")).toEqual([]);
});

it("what it says to do undoes it", async () => {
  unlinkSync(folder);
  renameSync(elsewhere, folder);
  expect((await home.run(["verify", NAME])).code).toBe(0);
});

it("a link within the repository is named too", async () => {
  unlinkSync(folder);
  renameSync(elsewhere, folder);
  renameSync(join(folder, "blobs"), elsewhere);
  symlinkSync(elsewhere, join(folder, "blobs"));
  const { code, stderr } = await home.run(["pull", NAME]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`oslm: ${join(folder, "blobs")} is a link`)]);
  expect((await home.run(["verify", NAME])).stderr).toContain(`oslm: ${join(folder, "blobs")} is a link`);
});

it("a file in the way is no publisher's fault", async () => {
  rmSync(folder);
  writeFileSync(folder, "");
  const { code, stderr } = await home.run(["pull", NAME]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`oslm: ${folder} is not a folder\n`)]);
});

it("list still names its models", async () => {
  const { code, stdout, stderr } = await home.run(["list", "--quiet"]);
  expect([code, stdout, stderr]).toEqual([0, "org/m-GGUF:Q8_0\norg/other-GGUF:Q8_0\n", ""]);
});

it("verify reads the others, and counts what is behind the link as missing", async () => {
  const { code, stdout, stderr } = await home.run(["verify", "--repair"]);
  expect([code, stdout]).toEqual([8, `${NAME}\tm-Q8_0.gguf\tmissing\norg/other-GGUF:Q8_0\tother-Q8_0.gguf\tok\n`]);
  expect(stderr).toContain(`${folder} is a link to ${elsewhere}; it is not followed\n`);
  expect(stderr).toContain(`Try: test -d ${elsewhere} && rm ${folder} && mv ${elsewhere} ${folder}\n`);
});

it("prune leaves it alone and says so", async () => {
  mkdirSync(join(elsewhere, "blobs"), { recursive: true });
  writeFileSync(join(elsewhere, "blobs", `${"a".repeat(64)}.oslm-00000000.incomplete`), "x");
  const { code, stdout, stderr } = await home.run(["prune", "--all", "--yes", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ items: [], linked: [{ path: folder, target: elsewhere }] });
  expect(stderr).toBe("");
  expect((await home.run(["prune", "--yes"])).stderr).toContain(
    `${folder} is a link to ${elsewhere}; it is not followed`,
  );
  expect(behind().filter((path) => path.endsWith(".incomplete"))).toHaveLength(1);
});

it("doctor calls it by its name, and a repair forgets nothing", async () => {
  const index = join(home.path, ".local", "state", "oslm", "index.json");
  const before = readFileSync(index, "utf8");
  const { code, stdout } = await home.run(["doctor", "--repair", "--json"]);
  expect(code).toBe(8);
  const { findings, index: health, repaired } = JSON.parse(stdout) as Record<string, unknown>;
  expect(findings).toMatchObject([
    { severity: "damage", code: "linked-folder", hint: expect.stringMatching(/^test -d .* && rm /) },
  ]);
  expect([health, repaired]).toMatchObject([{ models: 1, linked: [NAME], gone: [] }, []]);
  expect(readFileSync(index, "utf8")).toBe(before);
});

it("a linked folder inside a repository is found too", async () => {
  unlinkSync(folder);
  renameSync(elsewhere, folder);
  const blobs = join(folder, "blobs");
  renameSync(blobs, elsewhere);
  symlinkSync(elsewhere, blobs);
  const { code, stdout } = await home.run(["doctor", "--json"]);
  expect([code, JSON.parse(stdout).links]).toEqual([8, [{ path: blobs, target: elsewhere }]]);
});
