// A stored file that was cut off, has grown or was overwritten: a pull says so, and fetches only what is wrong.
import { createHash } from "node:crypto";
import {
  appendFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { PIECE_BYTES } from "../../src/model/piece-sums.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { type PlainServer, startPlainServer } from "../support/plain-server.js";
import { bytes } from "../support/store-room.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const LARGE = Buffer.concat([tinyGguf(), bytes(2 * PIECE_BYTES)]);
const NAME = "org/m-GGUF:Q8_0";

let hub: FakeHub;
let plain: PlainServer;
let home: Home;
let path: string;
beforeAll(async () => {
  hub = await startFakeHub({
    repos: [{ id: "org/m-GGUF", files: { "m-Q8_0.gguf": LARGE }, card: { license: "mit" } }],
  });
  plain = await startPlainServer(({ serve }) => serve(LARGE));
});
afterAll(() => Promise.all([hub.close(), plain.close()]));
beforeEach(async () => {
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  path = (await home.run(["pull", NAME])).stdout.trim();
  hub.requests.length = 0;
});
afterEach(() => home.remove());

/** Bytes of the file that left the Hub, but for the header that is read before anything is decided. */
const sent = () =>
  hub.requests
    .filter(({ host, status, headers }) => host === "cdn" && status === 206 && headers.range !== "bytes=0-65535")
    .map(({ headers }) => /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? ""))
    .reduce((sum, range) => sum + Number(range?.[2]) + 1 - Number(range?.[1]), 0);

async function pullAgain() {
  const { code, stdout, stderr } = await home.run(["pull", NAME]);
  expect([code, stdout.trim()]).toEqual([0, path]);
  expect(readFileSync(path).equals(LARGE)).toBe(true);
  expect(home.files().filter((file) => file.includes(".oslm-"))).toEqual([]);
  return stderr.split("\n").filter((line) => line.includes("damaged"));
}

it("fetches the rest of a file that was cut off", async () => {
  truncateSync(realpathSync(path), LARGE.length - 1_000);
  expect(await pullAgain()).toEqual([
    `m-Q8_0.gguf on this disk is damaged: it has ${LARGE.length - 1_000} bytes, not ${LARGE.length}; only the rest is fetched`,
  ]);
  expect(sent()).toBe(1_000);
});

it("fetches nothing for a file that has grown", async () => {
  appendFileSync(realpathSync(path), "more");
  expect(await pullAgain()).toHaveLength(1);
  expect(sent()).toBe(0);
});

it("fetches all of an emptied file", async () => {
  truncateSync(realpathSync(path), 0);
  expect((await pullAgain())[0]).toContain("it has 0 bytes");
  expect(sent()).toBe(LARGE.length);
});

it("finds the wrong piece of a file that was cut off and written over", async () => {
  const blob = realpathSync(path);
  truncateSync(blob, 2 * PIECE_BYTES);
  const handle = await open(blob, "r+");
  await handle.write(Buffer.alloc(10, 7), 0, 10, PIECE_BYTES + 5);
  await handle.close();
  expect(await pullAgain()).toHaveLength(1);
  expect(sent()).toBeLessThan(LARGE.length * 1.5);
});

it("leaves another program's name of the same file as it is", async () => {
  const other = join(home.path, "other.gguf");
  linkSync(realpathSync(path), other);
  truncateSync(other, 5_000);
  expect(await pullAgain()).toHaveLength(1);
  expect(sent()).toBe(LARGE.length - 5_000);
  expect(readFileSync(other)).toHaveLength(5_000);
});

it("salvages the file itself on a disk without links", async () => {
  const blob = realpathSync(path);
  rmSync(path);
  writeFileSync(path, LARGE.subarray(0, PIECE_BYTES));
  rmSync(blob);
  expect(await pullAgain()).toHaveLength(1);
  expect(sent()).toBe(LARGE.length - PIECE_BYTES);
});

it("run has the rest fetched too, and says why", async () => {
  truncateSync(realpathSync(path), LARGE.length - 1_000);
  const { stderr } = await home.run(["run", NAME, "hello"]);
  expect(stderr).toContain("m-Q8_0.gguf on this disk is damaged");
  expect(sent()).toBe(1_000);
});

it("salvages what came from a web server", async () => {
  rmSync(home.cache, { recursive: true });
  const sha256 = createHash("sha256").update(LARGE).digest("hex");
  const url = `${new URL(plain.url).origin}/m-Q8_0.gguf`;
  const args = ["pull", url, "--sha256", sha256, "--accept-license", "unknown"];
  const own = (await home.run(args)).stdout.trim();
  truncateSync(own, PIECE_BYTES);
  plain.requests.length = 0;
  const again = await home.run(args);
  expect([again.code, again.stdout.trim()]).toEqual([0, own]);
  expect(again.stderr).toContain(`damaged: it has ${PIECE_BYTES} bytes, not ${LARGE.length}; only the rest is fetched`);
  // The header is looked at before anything else; of the file only the rest comes.
  const starts = plain.requests.map(({ range }) => Number(/^bytes=(\d+)/.exec(range ?? "")?.[1]));
  expect(starts.filter((start) => start > 0).sort((x, y) => x - y)[0]).toBe(PIECE_BYTES);
  expect(readFileSync(own).equals(LARGE)).toBe(true);
  expect(readdirSync(dirname(own)).sort()).toEqual(["m-Q8_0.gguf", "model.json"]);
});
