// oslm doctor: what it sees of a good store, of a broken one, of what died in the middle; and what it puts right.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { copyPath } from "../../src/store/index-file.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { DEMO, Home, type RunOptions } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const SECRET = "hf_aTokenThatMustNotBeShown";
const AN_HOUR_AGO = new Date(Date.now() - 2 * 3_600_000);

interface Diagnosis {
  readonly folders: readonly { name: string; path: string; writable: boolean; free: number }[];
  readonly index: { state: string; models: number; gone: string[]; unlisted: number };
  readonly locks: readonly { name: string; state: string; pid: number | null }[];
  readonly parts: { count: number; bytes: number };
  readonly temporary: readonly string[];
  readonly hub: { endpoint: string; tokenFrom: string | null };
  readonly network: { proxies: { name: string; value: string }[]; offline: boolean };
  readonly findings: readonly { severity: string; code: string; hint: string }[];
  readonly repaired: readonly string[];
}

let home: Home;
let hub: FakeHub;
let index: string;

beforeAll(async () => {
  const body = Buffer.concat([tinyGguf(), Buffer.alloc(400_000)]);
  hub = await startFakeHub({
    repos: [
      { id: "org/a-GGUF", files: { "a-Q4_K_M.gguf": tinyGguf(), "a-Q8_0.gguf": body }, card: { license: "mit" } },
      { id: "org/b-GGUF", files: { "b-Q4_K_M.gguf": body }, card: { license: "mit" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  index = join(home.path, ".local", "state", "oslm", "index.json");
});
afterAll(async () => {
  await hub.close();
  home.remove();
});
beforeEach(async () => {
  hub.faults.clear();
  for (const folder of [".cache", ".local"]) rmSync(join(home.path, folder), { recursive: true, force: true });
  expect((await runHere(home, ["pull", "org/a-GGUF:Q4_K_M"])).code).toBe(0);
});

const loseCopy = () => rmSync(copyPath(index));

async function doctor(args: readonly string[] = [], options: RunOptions = {}) {
  const { code, stdout, stderr } = await home.run(["doctor", "--json", ...args], options);
  return { code, stderr, diagnosis: JSON.parse(stdout) as Diagnosis };
}
const codes = ({ findings }: Diagnosis) => findings.map(({ code }) => code);

it("finds nothing wrong with a good store, and says where everything is", async () => {
  const { code, stderr, diagnosis } = await doctor();
  expect([code, stderr, diagnosis.findings]).toEqual([0, "", []]);
  expect(diagnosis.index).toMatchObject({ state: "ok", models: 1, gone: [], unlisted: 0 });
  expect(diagnosis.folders.map(({ name, writable }) => [name, writable])).toEqual([
    ["cache", true],
    ["data", true],
    ["state", true],
  ]);
  expect(diagnosis.folders[0]).toMatchObject({ path: home.cache, free: expect.any(Number) });
  const { stdout } = await home.run(["doctor"]);
  expect(stdout).toContain("models\t1 listed, 0 more on this disk\n");
  expect(stdout).toContain("result\teverything is all right\n");
  expect((await home.run(["doctor", "--repair"])).stdout).toContain("repaired\tnothing");
  expect((await home.run(["doctor", "--quiet"])).stdout).toBe("");
  const { text } = await inTerminal(home, ["doctor"], [], { columns: 50, env: { NO_COLOR: "1" } });
  // Its words are not cut, and stand below one another.
  expect(text).toMatch(/^predictions {2,}not corrected: no load was\n {23}recorded that tells of it/m);
  expect((await inTerminal(home, ["doctor"])).text).toMatch(/^models +1 listed/m);
});

it("shows where a token comes from and which proxies are in force, and no secret", async () => {
  const env = {
    HF_TOKEN: SECRET,
    HTTPS_PROXY: "http://me:pass%40w@rd@proxy.test:3128",
    no_proxy: "127.0.0.1",
    HF_HUB_OFFLINE: "1",
  };
  const { stdout, stderr } = await home.run(["doctor", "--json"], { env });
  expect(stdout + stderr).not.toMatch(/aTokenThat|pass|w@rd/);
  const { hub: seen, network } = JSON.parse(stdout) as Diagnosis;
  expect(seen).toEqual({ endpoint: hub.endpoint, tokenFrom: "HF_TOKEN" });
  expect(network).toMatchObject({
    offline: true,
    proxies: [
      { name: "HTTPS_PROXY", value: "http://***@proxy.test:3128" },
      { name: "no_proxy", value: "127.0.0.1" },
    ],
  });
  const text = (await home.run(["doctor"], { env })).stdout;
  expect(text).toContain("token\tset, from HF_TOKEN\n");
  expect(text).not.toContain(SECRET);
});

it("names a file of certificates that cannot be read", async () => {
  const { code, diagnosis } = await doctor([], { env: { NODE_EXTRA_CA_CERTS: "/no/such.pem" } });
  expect([code, codes(diagnosis)]).toEqual([0, ["no-certificates"]]);
});

it("sees a broken list without touching it, and makes it anew when asked", async () => {
  await runHere(home, ["pull", "org/a-GGUF:Q8_0"]);
  loseCopy();
  writeFileSync(index, "{");
  const { code, stderr, diagnosis } = await doctor();
  expect([code, diagnosis.index]).toEqual([8, expect.objectContaining({ state: "broken", models: 0, unlisted: 2 })]);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "store-damaged", exitCode: 8 } });
  expect(readFileSync(index, "utf8")).toBe("{");
  const { stderr: lines } = await home.run(["doctor"]);
  expect(lines).toMatch(/^oslm: .*1 problem\n {2}The list of models in .* is broken\.\nTry: oslm doctor --repair/);

  const repaired = await doctor(["--repair"]);
  expect([repaired.code, repaired.diagnosis.findings, repaired.diagnosis.index.models]).toEqual([0, [], 2]);
  expect(repaired.diagnosis.repaired).toEqual([
    "made the list of models anew from the disk, with 2 of them",
    "did not find out the license and other names of 2 of them: the disk does not tell",
    "did not find what was imported from other folders: no record of it is left",
  ]);
  expect(readFileSync(`${index}.broken`, "utf8")).toBe("{");
  expect((await home.run(["list", "--quiet"])).stdout).toBe("org/a-GGUF:Q4_K_M\norg/a-GGUF:Q8_0\n");
});

it("list makes a broken list anew by itself, and warns once", async () => {
  loseCopy();
  writeFileSync(index, "");
  const first = await home.run(["list", "--quiet"]);
  expect([first.code, first.stdout]).toEqual([0, "org/a-GGUF:Q4_K_M\n"]);
  expect(first.stderr).toMatch(
    /^warning: the list of models was broken; .*; of 1 of them neither licenses .*index\.json\.broken\n$/,
  );
  expect((await home.run(["list"])).stderr).toBe("");
});

it("makes a lost list anew from its copy, second names, licenses and imported files included", async () => {
  await home.run(["cp", "org/a-GGUF:Q4_K_M", "mine"]);
  await home.run(["import", DEMO, "--name", "by-path"]);
  const before = (await home.run(["list", "--json"])).stdout;
  expect(JSON.parse(before)).toHaveLength(3);
  rmSync(index);
  const { code, diagnosis } = await doctor();
  expect([code, codes(diagnosis), diagnosis.index.state]).toEqual([8, ["index-lost"], "lost"]);
  const listed = await home.run(["list", "--json"]);
  expect(listed.stdout).toBe(before);
  expect(listed.stderr).toBe("warning: the list of models was lost; it has been made anew (models: 3)\n");

  rmSync(index);
  const repaired = await doctor(["--repair"]);
  expect(repaired.diagnosis.repaired).toEqual([
    "made the list of models anew from what was left of it and the disk, with 3 of them",
  ]);
  expect((await home.run(["list", "--json"])).stdout).toBe(before);
});

it("keeps the record of a model that was cut off, and says how to have the rest", async () => {
  const { stdout } = await home.run(["pull", "org/a-GGUF:Q8_0"]);
  truncateSync(realpathSync(stdout.trim()), 1000);
  const { code, stderr, diagnosis } = await doctor(["--repair"]);
  expect([code, codes(diagnosis), diagnosis.repaired]).toEqual([8, ["files-damaged"], []]);
  expect(diagnosis.index).toMatchObject({ models: 1, damaged: ["org/a-GGUF:Q8_0"], gone: [], unlisted: 0 });
  expect(JSON.parse(stderr)).toMatchObject({ error: { hint: "oslm verify --repair org/a-GGUF:Q8_0" } });
  expect((await home.run(["verify", "--repair", "org/a-GGUF:Q8_0"])).code).toBe(0);
  expect((await doctor()).code).toBe(0);
});

it("leaves a newer oslm's list alone, also when asked to repair", async () => {
  const text = '{"version":2,"models":[]}';
  writeFileSync(index, text);
  const listed = await home.run(["list"]);
  expect([listed.code, listed.stdout]).toEqual([8, ""]);
  expect(listed.stderr).toMatch(/newer oslm\n.*version 2; this oslm knows version 1.*\nTry: use the newer oslm again/);
  const { code, diagnosis } = await doctor(["--repair"]);
  expect([code, codes(diagnosis), diagnosis.repaired]).toEqual([8, ["index-newer"], []]);
  expect(readFileSync(index, "utf8")).toBe(text);
});

it("misses a model whose file another tool deleted, and forgets it when asked", async () => {
  await runHere(home, ["pull", "org/b-GGUF"]);
  const blobs = home.files().filter((file) => /b-GGUF\/blobs\/[0-9a-f]{64}$/.test(file));
  rmSync(join(home.path, blobs[0] ?? ""));
  const { code, diagnosis } = await doctor();
  expect([code, diagnosis.index.gone]).toEqual([8, ["org/b-GGUF:Q4_K_M"]]);
  expect(diagnosis.findings).toMatchObject([
    { code: "files-gone", hint: expect.stringMatching(/^oslm pull org\/b-GGUF:Q4_K_M/) },
  ]);
  const repaired = await doctor(["--repair"]);
  expect([repaired.code, repaired.diagnosis.repaired]).toEqual([0, ["forgot org/b-GGUF:Q4_K_M, whose files are gone"]]);
});

it("tells of models that other programs stored, and lists them when asked", async () => {
  rmSync(index);
  loseCopy();
  const { code, diagnosis } = await doctor();
  expect([code, codes(diagnosis), diagnosis.index]).toEqual([
    0,
    ["unlisted"],
    expect.objectContaining({ state: "none", unlisted: 1 }),
  ]);
  expect((await doctor(["--repair"])).diagnosis.repaired).toEqual([
    "added 1 of the models on this disk to the list",
    "did not find out the license and other names of 1 of them: the disk does not tell",
    "did not find what was imported from other folders: no record of it is left",
  ]);
  expect((await home.run(["list", "--quiet"])).stdout).toBe("org/a-GGUF:Q4_K_M\n");
});

it("sees a pull that is running, and what it leaves when it is killed", async () => {
  hub.faults.set("b-Q4_K_M.gguf", { at: "cdn", stallAfter: 200_000 });
  let kill = (): void => {};
  let pid: number | undefined;
  const pull = home.run(["pull", "org/b-GGUF"], {
    onStart: (child) => {
      pid = child.pid;
      kill = () => child.kill("SIGKILL");
    },
  });
  const hasPart = () => home.files().some((file) => file.endsWith(".incomplete"));
  while (!hasPart()) await new Promise((resolve) => setTimeout(resolve, 50));
  const running = await doctor(["--repair"]);
  expect(running.diagnosis).toMatchObject({ parts: { count: 0 }, findings: [], repaired: [] });
  expect(running.diagnosis.locks).toMatchObject([{ name: "org--b-GGUF", state: "held", pid }]);
  // Another pull says whom it waits for, and ends there.
  const second = await home.run(["pull", "org/b-GGUF"], {
    onStart: (child) => child.stderr?.on("data", (text: string) => text.includes("waiting") && child.kill("SIGTERM")),
  });
  expect([second.code, second.stderr]).toEqual([143, expect.stringContaining(`another oslm (pid ${pid}) is pulling`)]);
  kill();
  await pull;

  const { code, diagnosis } = await doctor();
  expect([code, codes(diagnosis)]).toEqual([0, ["dead-locks", "interrupted-downloads"]]);
  expect(diagnosis.parts.count).toBe(1);
  expect(diagnosis.findings[1]?.hint).toBe("oslm prune");
  const repaired = await doctor(["--repair"]);
  expect(repaired.diagnosis.repaired).toEqual(["removed the lock of org--b-GGUF, whose holder has died"]);
  // What was downloaded stays, to go on with.
  expect([hasPart(), repaired.diagnosis.locks]).toEqual([true, []]);
});

it("removes temporary files that were left behind, and nothing that may be in use", async () => {
  const state = dirname(index);
  const data = join(home.path, ".local", "share", "oslm");
  mkdirSync(data, { recursive: true });
  const old = [join(state, "index.json.0123abcd.tmp"), join(data, ".incoming-0123456789abcdef")];
  const fresh = join(state, "index.json.89abcdef.tmp");
  const foreign = join(state, "notes.tmp");
  for (const path of [...old, fresh, foreign]) writeFileSync(path, "x");
  for (const path of [...old, foreign]) utimesSync(path, AN_HOUR_AGO, AN_HOUR_AGO);
  expect(codes((await doctor()).diagnosis)).toEqual(["temporary-files"]);
  const { diagnosis } = await doctor(["--repair"]);
  expect([...diagnosis.repaired].sort()).toEqual(old.map((path) => `removed ${path}`).sort());
  expect([...old, fresh, foreign].map((path) => existsSync(path))).toEqual([false, false, true, true]);
});

it("says which folder cannot be used", async () => {
  const file = join(home.path, "a-file");
  writeFileSync(file, "");
  const state = await doctor([], { env: { OSLM_HOME: file } });
  expect([state.code, codes(state.diagnosis)]).toEqual([8, expect.arrayContaining(["not-writable"])]);
  const cache = await doctor([], { env: { HF_HUB_CACHE: join(file, "hub"), OSLM_HOME: join(home.path, "new") } });
  expect([cache.code, codes(cache.diagnosis)]).toEqual([0, ["not-writable"]]);
  expect(existsSync(join(home.path, "new"))).toBe(false);
});
