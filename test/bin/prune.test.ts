// oslm prune: what nobody needs goes, all else stays, and nothing of a live process is touched.
import { existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { bytes } from "../support/store-room.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const ORPHAN = "a".repeat(64);
const OLD = new Date(Date.now() - 2 * 60 * 60 * 1000);

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const large = Buffer.concat([tinyGguf(), bytes(12_000_000)]);
  const small = Buffer.concat([tinyGguf(), bytes(5_000, 3)]);
  const card = { license: "mit" };
  hub = await startFakeHub({
    repos: [
      { id: "org/large-GGUF", files: { "large-Q8_0.gguf": large }, card },
      { id: "org/m-GGUF", files: { "m-Q4_K_M.gguf": small }, card },
    ],
  });
});
afterAll(() => hub.close());
beforeEach(() => {
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(() => home.remove());

const repo = (name: string, ...parts: string[]) => join(home.cache, `models--org--${name}`, ...parts);
function put(path: string, text: string, when = OLD): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, when, when);
  return path;
}
interface Document {
  readonly items: { kind: string; path: string; bytes: number }[];
  readonly freedBytes: number;
  readonly dryRun: boolean;
  readonly busy: string[];
}
async function prune(...flags: string[]): Promise<Document> {
  const { code, stdout, stderr } = await home.run(["prune", "--json", ...flags]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Document;
}
const pathsOf = ({ items }: Document) => items.map(({ path }) => path).sort();
/** Files as they were before. */
const cacheFiles = () => home.files().filter((file) => file.includes("huggingface"));

/** A pull that has got some bytes and waits for more; Ctrl-C ends it. */
async function stalledPull(): Promise<() => Promise<unknown>> {
  hub.faults.set("large-Q8_0.gguf", { at: "cdn", stallAfter: 2_000_000 });
  let interrupt = () => {};
  const pull = home.run(["pull", "org/large-GGUF"], {
    onStart: (child) => {
      interrupt = () => child.kill("SIGINT");
    },
  });
  const isBegun = () => existsSync(repo("large-GGUF", "blobs")) && readdirSync(repo("large-GGUF", "blobs")).length > 1;
  while (!isBegun()) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 300));
  return async () => {
    interrupt();
    await pull;
    hub.faults.clear();
  };
}

it("leaves a live download alone, and removes an interrupted one after a yes", async () => {
  const interrupt = await stalledPull();
  expect(await prune("--yes")).toEqual({
    items: [],
    freedBytes: 0,
    dryRun: false,
    busy: ["org/large-GGUF"],
    linked: [],
  });
  await interrupt();

  const dry = await prune("--dry-run");
  expect(dry).toMatchObject({ items: [{ kind: "partial" }], dryRun: true });
  expect(dry.freedBytes).toBeGreaterThan(1_000_000);
  const refused = await home.run(["prune"]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("Try: oslm prune --yes\n")]);
  const declined = await inTerminal(home, ["prune"], [["[y/N]", "n\r"]]);
  expect([declined.code, declined.text]).toEqual([130, expect.stringContaining("Nothing was removed.")]);
  expect(cacheFiles()).toHaveLength(2);

  const accepted = await inTerminal(home, ["prune"], [["[y/N]", "y\r"]]);
  expect([accepted.code, accepted.text]).toEqual([0, expect.stringContaining("interrupted download")]);
  expect(cacheFiles()).toEqual([]);
  expect((await home.run(["prune"])).code).toBe(0);
});

it("removes what nothing leads to, and nothing else", async () => {
  await home.run(["pull", "org/m-GGUF"]);
  const before = home.files();
  const commit = "c".repeat(40);
  const id = ".oslm-0123abcd";
  const gone = [
    put(repo("m-GGUF", "blobs", ORPHAN), "x".repeat(5000)),
    put(repo("m-GGUF", "blobs", `${ORPHAN}${id}.incomplete.ranges`), "a journal without its file"),
    put(repo("m-GGUF", "refs", "main.0123abcd.tmp"), commit),
    put(join(home.path, ".local/share/oslm", ".incoming-0123456789abcdef"), "a copy that was never finished"),
    put(
      join(home.path, ".local/share/oslm", "..incoming-0123456789abcdef.oslm-01234567-12-345-89abcdef.partial"),
      "a conversion that was never finished",
    ),
    put(join(home.path, ".local/state/oslm/sums", `${"e".repeat(64)}.json`), "{}"),
  ];
  const link = join(repo("m-GGUF", "snapshots"), readdirSync(repo("m-GGUF", "snapshots"))[0] ?? "", `x${id}`);
  symlinkSync("../../blobs/nothing", link);
  mkdirSync(repo("empty", "blobs"), { recursive: true });
  for (const folder of [repo("empty", "blobs"), repo("empty")]) utimesSync(folder, OLD, OLD);
  const kept = [
    // Of other programs, or young: somebody may be about to name it.
    put(repo("m-GGUF", "blobs", `${ORPHAN}.incomplete`), "of huggingface_hub"),
    put(repo("m-GGUF", "blobs", "b".repeat(64)), "young", new Date()),
    put(repo("m-GGUF", "blobs", "notes.txt"), "of somebody"),
    put(join(home.cache, ".locks", "models--org--m-GGUF", "x.lock"), ""),
    put(join(home.cache, "datasets--org--d", "blobs", ORPHAN), "not a model"),
    put(repo("other", "snapshots", commit, "config.json"), "{}"),
  ];
  mkdirSync(repo("young", "blobs"), { recursive: true });

  const dry = await prune("--dry-run");
  expect(pathsOf(dry)).toEqual([...gone, link, repo("empty")].sort());
  expect(dry.items.find(({ kind }) => kind === "blob")).toMatchObject({ bytes: 5000 });
  for (const path of gone) expect(existsSync(path)).toBe(true);
  const done = await prune("--yes");
  expect({ ...done, dryRun: true }).toEqual(dry);
  const extra = kept.map((path) => path.slice(home.path.length + 1));
  expect(home.files()).toEqual([...before, ...extra].sort());
  expect([existsSync(repo("empty")), existsSync(repo("young"))]).toEqual([false, true]);
  expect((await home.run(["verify"])).code).toBe(0);
});

it("counts a blob with a second name elsewhere as no gain, and follows no link out of the cache", async () => {
  const theirs = put(join(home.path, "theirs"), "x".repeat(9000));
  mkdirSync(repo("m", "blobs"), { recursive: true });
  linkSync(theirs, repo("m", "blobs", ORPHAN));
  mkdirSync(join(home.path, "elsewhere", "blobs"), { recursive: true });
  const foreign = put(join(home.path, "elsewhere", "blobs", ORPHAN), "not in the cache");
  symlinkSync(join(home.path, "elsewhere"), repo("linked"));
  mkdirSync(repo("half"));
  symlinkSync(join(home.path, "elsewhere", "blobs"), repo("half", "blobs"));
  const done = await prune("--yes", "--all");
  expect(done.items).toEqual([{ kind: "blob", path: repo("m", "blobs", ORPHAN), bytes: 0 }]);
  expect([existsSync(theirs), existsSync(foreign)]).toEqual([true, true]);
});

it("removes whole things that nothing leads to only with --all", async () => {
  await home.run(["pull", "org/m-GGUF"]);
  const stale = "d".repeat(40);
  const entry = repo("m-GGUF", "snapshots", stale, "old.gguf");
  put(repo("m-GGUF", "blobs", ORPHAN), "x".repeat(5000));
  mkdirSync(dirname(entry), { recursive: true });
  symlinkSync(`../../blobs/${ORPHAN}`, entry);
  utimesSync(dirname(entry), OLD, OLD);
  const named = put(repo("n-GGUF", "snapshots", stale, "new.gguf"), "x");
  put(repo("n-GGUF", "refs", "main"), stale);
  utimesSync(dirname(named), OLD, OLD);
  const data = join(home.path, ".local/share/oslm/0123456789abcdef");
  const lost = put(join(data, "lost.gguf"), "x");
  const rescued = join(home.path, ".local/share/oslm/fedcba9876543210");
  put(join(rescued, "model.json"), JSON.stringify({ files: [{ path: "m.gguf" }] }));
  put(join(rescued, "m.gguf"), "x");

  expect((await prune("--yes")).items).toEqual([]);
  const { items } = await prune("--yes", "--all");
  expect(items.map(({ kind, path }) => [kind, path])).toEqual([
    ["snapshot", dirname(entry)],
    ["blob", repo("m-GGUF", "blobs", ORPHAN)],
    ["unrecorded", lost],
  ]);
  expect([existsSync(dirname(entry)), existsSync(data), existsSync(named)]).toEqual([false, false, true]);
  expect(readdirSync(rescued).sort()).toEqual(["m.gguf", "model.json"]);
  expect((await home.run(["verify"])).code).toBe(0);
});

it("prints paths, or a table for programs", async () => {
  const blob = put(repo("m", "blobs", ORPHAN), "x".repeat(5000));
  expect((await home.run(["prune", "--dry-run"])).stdout).toBe(`blob\t5000\t${blob}\n`);
  expect((await home.run(["prune", "--yes", "--quiet"])).stdout).toBe(`${blob}\n`);
  const none = await home.run(["prune", "--yes"]);
  expect(none).toEqual({ code: 0, stdout: "", stderr: "Nothing to prune.\n" });
});
