// oslm verify: damage is found, named and repaired; only what is damaged is fetched again.
import { readdirSync, readFileSync, realpathSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { PIECE_BYTES } from "../../src/model/piece-sums.js";
import { copyPath } from "../../src/store/index-file.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { startPlainServer } from "../support/plain-server.js";
import { runHere } from "../support/run-here.js";
import { bytes } from "../support/store-room.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const LARGE = Buffer.concat([tinyGguf(), bytes(3 * PIECE_BYTES)]);
const SMALL = Buffer.concat([tinyGguf(), bytes(5_000, 2)]);
const NAME = "org/m-GGUF:Q8_0";

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const card = { license: "mit" };
  hub = await startFakeHub({
    repos: [
      { id: "org/m-GGUF", files: { "m-Q8_0.gguf": LARGE, "m-Q4_K_M.gguf": SMALL, "sub/copy-Q6_K.gguf": SMALL }, card },
    ],
  });
});
afterAll(() => hub.close());
beforeEach(() => {
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(() => home.remove());

async function pull(ref: string): Promise<string> {
  const { stdout } = await runHere(home, ["pull", ref]);
  hub.requests.length = 0;
  return stdout.trim();
}
async function flip(path: string, at: number): Promise<void> {
  const handle = await open(path, "r+");
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
  await handle.close();
}
const states = (stdout: string) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
/** Of the file's bytes, those that left the Hub; but for the one that is asked for before anything is touched. */
const sent = () =>
  hub.requests
    .filter(({ host, status, headers }) => host === "cdn" && status === 206 && headers.range !== "bytes=0-0")
    .map(({ headers }) => /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? ""))
    .reduce((sum, range) => sum + Number(range?.[2]) + 1 - Number(range?.[1]), 0);

it("fetches 8 MiB again for one flipped byte", async () => {
  const path = await pull(NAME);
  await flip(path, PIECE_BYTES + 77);
  const found = await home.run(["verify"]);
  expect([found.code, states(found.stdout)]).toEqual([8, [[NAME, "m-Q8_0.gguf", "damaged"]]]);
  expect(found.stderr).toContain("checking m-Q8_0.gguf (25.2 MB)");
  expect(found.stderr).toContain("oslm: the file is not whole\n");
  expect(found.stderr).toContain(`Try: oslm verify --repair ${NAME}\n`);
  expect(hub.requests).toEqual([]);

  const repaired = await home.run(["verify", "--repair", "org/m-GGUF"]);
  expect([repaired.code, states(repaired.stdout)]).toEqual([0, [[NAME, "m-Q8_0.gguf", "repaired"]]]);
  expect(repaired.stderr).toContain("8.4 MB fetched again");
  expect(sent()).toBe(PIECE_BYTES);
  expect(readFileSync(path).equals(LARGE)).toBe(true);
  expect(home.files().filter((file) => file.includes(".oslm-"))).toEqual([]);
  expect((await home.run(["verify", NAME])).code).toBe(0);
});

it("tells programs what it found, without a request", async () => {
  const path = await pull("org/m-GGUF:Q4_K_M");
  truncateSync(realpathSync(path), 100);
  const { code, stdout, stderr } = await home.run(["verify", "--json", "--offline"]);
  expect(code).toBe(8);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      model: "org/m-GGUF:Q4_K_M",
      file: "m-Q4_K_M.gguf",
      path,
      size: SMALL.length,
      state: "damaged",
      actual: "100 bytes",
      fetchedBytes: 0,
      help: "oslm verify --repair org/m-GGUF:Q4_K_M",
    },
  ]);
  expect(JSON.parse(stderr).error).toMatchObject({ code: "not-intact", exitCode: 8, facts: { checked: 1 } });
  const offline = await home.run(["verify", "--repair", "--offline"]);
  expect([offline.code, offline.stdout]).toEqual([7, ""]);
  expect(hub.requests).toEqual([]);
});

it("brings back a blob, or only its name", async () => {
  const path = await pull("org/m-GGUF:Q4_K_M");
  await pull("org/m-GGUF/sub/copy-Q6_K.gguf");
  rmSync(realpathSync(path));
  rmSync(path);
  const lost = await home.run(["verify"]);
  expect(states(lost.stdout).map(([, , state]) => state)).toEqual(["missing", "missing"]);
  expect((await home.run(["list"])).stdout).toBe("");
  const repaired = await home.run(["verify", "--repair", "--json"]);
  const rows = JSON.parse(repaired.stdout) as { state: string; fetchedBytes: number }[];
  // The same bytes under two names are fetched once.
  expect(rows.map(({ state, fetchedBytes }) => [state, fetchedBytes]).sort()).toEqual([
    ["ok", 0],
    ["repaired", SMALL.length],
  ]);
  expect(readFileSync(path).equals(SMALL)).toBe(true);

  rmSync(path);
  hub.requests.length = 0;
  const named = await home.run(["verify", "--repair"]);
  expect([named.code, hub.requests]).toEqual([0, []]);
  expect(readFileSync(path).equals(SMALL)).toBe(true);
});

it("goes on where a repair was interrupted", async () => {
  const path = await pull(NAME);
  await flip(path, 5);
  hub.faults.set("m-Q8_0.gguf", { status: 403, at: "hub" });
  const failed = await home.run(["verify", "--repair"]);
  hub.faults.clear();
  expect(failed.code).not.toBe(0);
  hub.requests.length = 0;
  expect((await home.run(["verify", "--repair"])).code).toBe(0);
  expect([sent(), readFileSync(path).equals(LARGE)]).toEqual([PIECE_BYTES, true]);
});

it("fetches a file of a web server from where it came, and only the piece", async () => {
  const { createHash } = await import("node:crypto");
  const server = await startPlainServer(({ serve }) => serve(LARGE));
  const url = `${new URL(server.url).origin}/m-Q8_0.gguf`;
  const hash = createHash("sha256").update(LARGE).digest("hex");
  const pulled = await home.run(["pull", url, "--sha256", hash, "--accept-license", "unknown"]);
  const path = pulled.stdout.trim();
  await flip(path, 2 * PIECE_BYTES);
  server.requests.length = 0;
  const { code } = await home.run(["verify", "--repair"]);
  await server.close();
  expect([code, server.requests.map(({ range }) => range)]).toEqual([
    0,
    ["bytes=0-0", `bytes=${2 * PIECE_BYTES}-${3 * PIECE_BYTES - 1}`],
  ]);
  expect(readFileSync(path).equals(LARGE)).toBe(true);
  expect(readdirSync(dirname(path)).sort()).toEqual(["m-Q8_0.gguf", "model.json"]);
});

it("says what to do about an imported file, which it cannot repair", async () => {
  const mine = join(home.path, "mine.gguf");
  writeFileSync(mine, SMALL);
  await home.run(["import", mine, "--name", "mine"]);
  await flip(mine, SMALL.length - 1);
  const { code, stdout, stderr } = await home.run(["verify", "--repair"]);
  expect([code, states(stdout)]).toEqual([8, [["mine", "mine.gguf", "damaged"]]]);
  expect(stderr).toContain(`Try: oslm import ${mine} --name mine\n`);
  rmSync(mine);
  expect(states((await home.run(["verify"])).stdout)).toEqual([["mine", "mine.gguf", "missing"]]);
});

it("knows no model that is not recorded", async () => {
  expect((await home.run(["verify", "org/none"])).code).toBe(3);
  expect(await home.run(["verify"])).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("believes a record that was made anew once its files have been read", async () => {
  await pull(NAME);
  const index = join(home.path, ".local", "state", "oslm", "index.json");
  writeFileSync(index, "{ broken");
  rmSync(copyPath(index));
  await home.run(["list"]);
  expect(readFileSync(index, "utf8")).toContain('"unchecked":true');
  const { code } = await home.run(["verify"]);
  expect(code).toBe(0);
  expect(readFileSync(index, "utf8")).not.toContain("unchecked");
  expect(JSON.parse(readFileSync(index, "utf8")).models).toHaveLength(1);
});

it("leaves a damaged file where it is when its source cannot be reached", async () => {
  const path = await pull("org/m-GGUF:Q4_K_M");
  await flip(path, 2_000);
  const { code } = await home.run(["verify", "--repair"], { env: { HF_ENDPOINT: "http://127.0.0.1:1" } });
  expect(code).toBe(7);
  expect(readFileSync(path).length).toBe(SMALL.length);
  expect((await home.run(["list"])).stdout).toContain("org/m-GGUF:Q4_K_M");
});

it("what verify found damaged is read again by the next pull, and mended", async () => {
  const path = await pull(NAME);
  await flip(path, 2_000);
  expect((await home.run(["verify"])).code).toBe(8);
  const { code, stderr } = await home.run(["pull", NAME]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("damaged")]);
  expect((await home.run(["verify"])).code).toBe(0);
});

it("repairs what can be repaired, shows all, and ends with the failure of the other", async () => {
  const [bad, good] = [await pull("org/m-GGUF:Q4_K_M"), await pull(NAME)];
  await flip(bad, 2_000);
  await flip(good, 2_000);
  hub.faults.set("m-Q4_K_M.gguf", { at: "cdn", status: 404 });
  const { code, stdout, stderr } = await home.run(["verify", "--repair"]);
  hub.faults.set("m-Q4_K_M.gguf");
  expect(states(stdout)).toEqual([
    ["org/m-GGUF:Q4_K_M", "m-Q4_K_M.gguf", "damaged"],
    [NAME, "m-Q8_0.gguf", "repaired"],
  ]);
  expect([code, stderr]).toEqual([7, expect.stringContaining("404")]);
});
