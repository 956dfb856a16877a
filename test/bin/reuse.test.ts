// oslm pull finds bytes that other programs have stored: hashed first, linked or copied, never moved or pointed at.
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const BODY = Buffer.concat([tinyGguf(), Buffer.alloc(300_000, "weights")]);
const HASH = createHash("sha256").update(BODY).digest("hex");
const WRONG = Buffer.concat([BODY.subarray(0, -1), Buffer.from("!")]);

let home: Home;
let hub: FakeHub;
beforeEach(async () => {
  const card = { license: "mit" };
  const files = { "m-Q8_0.gguf": BODY };
  hub = await startFakeHub({
    repos: [
      { id: "org/m-GGUF", files, card },
      { id: "org/copy-GGUF", files, card },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(async () => {
  await hub.close();
  home.remove();
});

function put(path: string, bytes: Buffer): string {
  const full = join(home.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
  return full;
}
/** Requests for more of the file than its header. */
const fetched = () => hub.requests.filter(({ host, headers }) => host === "cdn" && headers.range !== "bytes=0-65535");
const blobOf = (path: string) => realpathSync(path.trim());
const pull = (...more: string[]) => home.run(["pull", "org/m-GGUF", ...more]);

it.each([
  ["Ollama's store", `.ollama/models/blobs/sha256-${HASH}`],
  ["LM Studio's folder", ".lmstudio/models/org/m-GGUF/m-Q8_0.gguf"],
  ["LM Studio's folder", ".cache/lm-studio/models/org/m-GGUF/m-Q8_0.gguf"],
  ["llama.cpp's cache", ".cache/llama.cpp/org_m-GGUF_m-Q8_0.gguf"],
])("links what lies in %s at %s", async (where, path) => {
  const theirs = put(path, BODY);
  const { code, stdout, stderr } = await pull();
  expect([code, stderr]).toEqual([0, expect.stringContaining(`found in ${where}; linked, not downloaded`)]);
  expect(fetched()).toEqual([]);
  expect(statSync(blobOf(stdout)).ino).toBe(statSync(theirs).ino);
  expect(lstatSync(theirs).isFile()).toBe(true);
  expect(readlinkSync(stdout.trim())).toBe(`../../blobs/${HASH}`);
  await home.run(["rm", "org/m-GGUF", "--yes"]);
  expect(readFileSync(theirs).equals(BODY)).toBe(true);
});

it("links the blob of another repository, and tells programs so", async () => {
  const first = await home.run(["pull", "org/copy-GGUF"]);
  hub.requests.length = 0;
  const { stdout } = await pull("--json");
  const { bytes, path } = JSON.parse(stdout) as { bytes: object; path: string };
  expect(bytes).toEqual({ downloaded: 0, reused: BODY.length });
  expect(fetched()).toEqual([]);
  expect(statSync(path).ino).toBe(statSync(blobOf(first.stdout)).ino);
});

it("looks where the environment and LM Studio's own settings say", async () => {
  put("elsewhere/org/m-GGUF/m-Q8_0.gguf", BODY);
  put("studio/settings.json", Buffer.from(JSON.stringify({ downloadsFolder: join(home.path, "elsewhere") })));
  put(".lmstudio-home-pointer", Buffer.from(`${join(home.path, "studio")}\n`));
  expect((await pull()).stderr).toContain("found in LM Studio's folder");
  put(`ollama/blobs/sha256-${HASH}`, BODY);
  const env = { OLLAMA_MODELS: join(home.path, "ollama"), HF_HUB_CACHE: join(home.path, "hub") };
  expect((await home.run(["pull", "org/m-GGUF"], { env })).stderr).toContain("found in Ollama's store");
  expect(fetched()).toEqual([]);
});

it.each([
  ["the wrong bytes under the right name", `.ollama/models/blobs/sha256-${HASH}`, WRONG],
  ["a file of another size", `.ollama/models/blobs/sha256-${HASH}`, BODY.subarray(0, 1000)],
  ["the wrong bytes of the same name and size", ".lmstudio/models/org/m-GGUF/m-Q8_0.gguf", WRONG],
  ["another file of the same size", ".lmstudio/models/org/m-GGUF/other.gguf", BODY],
])("downloads in spite of %s", async (_what, path, bytes) => {
  const theirs = put(path, bytes);
  const { code, stdout, stderr } = await pull();
  expect([code, stderr.includes("found in")]).toEqual([0, false]);
  expect(fetched().length).toBeGreaterThan(0);
  expect(readFileSync(blobOf(stdout)).equals(BODY)).toBe(true);
  expect(readFileSync(theirs).equals(bytes)).toBe(true);
  expect(home.files().filter((file) => file.endsWith(".incomplete"))).toEqual([]);
});

it("follows no link out of another program's store", async () => {
  const target = put("secret", BODY);
  mkdirSync(join(home.path, ".ollama/models/blobs"), { recursive: true });
  symlinkSync(target, join(home.path, ".ollama/models/blobs", `sha256-${HASH}`));
  expect((await pull()).stderr).not.toContain("found in");
  expect(fetched().length).toBeGreaterThan(0);
});

it("asks about the license of what was used offline, where nobody could be asked", async () => {
  const body = tinyGguf({ "general.license": "cc-by-nc-4.0" });
  const hash = createHash("sha256").update(body).digest("hex");
  await hub.push({ id: "org/nc-GGUF", files: { "m-Q8_0.gguf": body }, card: { license: "cc-by-nc-4.0" } });
  const commit = "1".repeat(40);
  const place = join(home.path, ".cache/huggingface/hub/models--org--nc-GGUF/snapshots", commit, "m-Q8_0.gguf");
  put(`.cache/huggingface/hub/models--org--nc-GGUF/blobs/${hash}`, body);
  put(".cache/huggingface/hub/models--org--nc-GGUF/refs/main", Buffer.from(commit));
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(`../../blobs/${hash}`, place);
  expect((await home.run(["show", "org/nc-GGUF", "-q", "--offline"])).stdout.trim()).toBe(place);
  const { code, stderr } = await home.run(["pull", "org/nc-GGUF"]);
  expect([code, stderr]).toEqual([5, expect.stringContaining("--accept-license cc-by-nc-4.0")]);
});

it("says that it checks what another program has put into the cache; its own files it does not check again", async () => {
  const blobs = ".cache/huggingface/hub/models--org--m-GGUF/blobs";
  put(join(blobs, HASH), BODY);
  const first = await home.run(["pull", "org/m-GGUF"]);
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining("checking m-Q8_0.gguf")]);
  // Nor is the header believed before that.
  expect(hub.requests.filter(({ host }) => host === "cdn").map(({ headers }) => headers.range)).toEqual([
    "bytes=0-65535",
  ]);
  const second = await home.run(["pull", "org/m-GGUF"]);
  expect([second.code, second.stderr]).toEqual([0, expect.not.stringContaining("checking")]);
  await home.run(["rm", "org/m-GGUF", "--yes"]);
  put(join(blobs, HASH), WRONG);
  const third = await home.run(["pull", "org/m-GGUF"]);
  expect([third.code, third.stderr]).toEqual([0, expect.stringContaining("checking m-Q8_0.gguf")]);
  expect(readFileSync(third.stdout.trim()).equals(BODY)).toBe(true);
});
