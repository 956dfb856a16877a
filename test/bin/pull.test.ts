// oslm pull from a Hub on loopback: what arrives, what is refused, what survives.
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { scanCacheDir } from "@huggingface/hub";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FakeHub, type FakeRepo, type Fault, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { TENSORS, tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;

async function start(...repos: FakeRepo[]): Promise<void> {
  hub = await startFakeHub({ repos, token: "hf_right" });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
}
beforeEach(() => start({ id: "org/m-GGUF", files: FILES, card: { license: "apache-2.0" } }));
afterEach(async () => {
  await hub.close();
  home.remove();
});

/** Models of different sizes, so that each hash and size is its own. */
const sized = (bytes: number): Buffer => Buffer.concat([tinyGguf(), Buffer.alloc(bytes, "weights")]);
const FILES = {
  "README.md": Buffer.from("---\nlicense: apache-2.0\n---\n"),
  "m-Q4_K_M.gguf": sized(400_000),
  "m-Q8_0.gguf": sized(800_000),
  "m-F16.gguf": sized(1_600_000),
};
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const weights = () => hub.requests.filter((request) => request.host === "cdn");
const leftovers = () => home.files().filter((file) => file.endsWith(".incomplete"));
const named = () => home.files().filter((file) => /snapshots|blobs/.test(file) && !file.includes(".incomplete"));

it("stores the best quantization that fits, verified, and prints its path", async () => {
  const { code, stdout, stderr } = await home.run(["pull", "org/m-GGUF"]);
  expect([code, stdout.split("\n").length]).toEqual([0, 2]);
  const path = stdout.trim();
  expect(path.endsWith("/m-Q8_0.gguf")).toBe(true);
  expect(sha256(readFileSync(path))).toBe(sha256(FILES["m-Q8_0.gguf"]));
  expect(realpathSync(path).endsWith(`/blobs/${sha256(FILES["m-Q8_0.gguf"])}`)).toBe(true);
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  for (const word of ["apache-2.0", "Q8_0", "org/m-GGUF at commit"]) expect(stderr).toContain(word);
  expect(leftovers()).toEqual([]);
});

it("leaves a cache that other tools read", async () => {
  await home.run(["pull", "org/m-GGUF"]);
  await home.run(["pull", "org/m-GGUF:Q4_K_M"]);
  const { repos, warnings } = await scanCacheDir(home.cache);
  expect(warnings).toEqual([]);
  expect(repos.map((repo) => [repo.id.name, repo.filesCount])).toEqual([["org/m-GGUF", 2]]);
  expect([...(repos[0]?.revisions ?? [])].map((revision) => revision.refs)).toEqual([["main"]]);
});

it("transfers nothing the second time", async () => {
  const first = await home.run(["pull", "org/m-GGUF"]);
  hub.requests.length = 0;
  const second = await home.run(["pull", "org/m-GGUF"]);
  expect(second.stdout).toBe(first.stdout);
  // What the commit is, and its files; the header for the choice is read from the disk.
  expect(hub.requests.map(({ path }) => path.split("/")[5])).toEqual(["revision"]);
  // Another quantization has the same shape, but its header may tell of another license.
  hub.requests.length = 0;
  expect((await home.run(["pull", "org/m-GGUF:Q4_K_M"])).code).toBe(0);
  expect(weights().map((request) => request.headers.range)).toEqual(["bytes=0-65535", undefined]);
});

const header: Fault = { at: "cdn", times: 1, headers: {} };
it.each<[string, number, RegExp, Fault[]]>([
  ["404 from the Hub", 3, /has no file "m-Q4_K_M.gguf"\n {2}The server answered that there is none/, [{ status: 404 }]],
  [
    "404 from the storage host",
    7,
    /status 404\n {2}The server answered that there is none/,
    [header, { at: "cdn", status: 404 }],
  ],
  ["400 without a word", 7, /status 400\n {2}The server did not say why/, [header, { at: "cdn", status: 400 }]],
  ["416", 8, /makes no sense\n {2}Refuses a range of the file/, [header, { at: "cdn", status: 416 }]],
  [
    "416 with a length",
    8,
    /wrong size\n {2}\d+ bytes expected, got 77\. /,
    [header, { at: "cdn", status: 416, headers: { "content-range": "bytes */77" } }],
  ],
])("says in three lines what a %s means", async (_what, code, says, faults) => {
  hub.faults.set("m-Q4_K_M.gguf", ...faults);
  const failed = await home.run(["pull", "org/m-GGUF:Q4_K_M", "--quiet"]);
  expect([failed.code, failed.stderr]).toEqual([code, expect.stringMatching(says)]);
  expect(failed.stderr.trimEnd().split("\n").slice(-3)).toEqual([
    expect.stringMatching(/^oslm: /),
    expect.stringMatching(/^ {2}\S/),
    expect.stringMatching(/^Try: /),
  ]);
});

it("reads no header of a file that nobody has verified", async () => {
  const { stdout } = await home.run(["pull", "org/m-GGUF"]);
  const file = FILES["m-Q4_K_M.gguf"];
  writeFileSync(join(dirname(realpathSync(stdout.trim())), sha256(file)), Buffer.alloc(file.length));
  hub.requests.length = 0;
  expect((await home.run(["fit", "org/m-GGUF"])).code).toBe(0);
  expect(weights()).toEqual([]);
});

it("chooses by the Hub's header when the one that is here was damaged", async () => {
  const { stdout } = await home.run(["pull", "org/m-GGUF"]);
  const blob = realpathSync(stdout.trim());
  writeFileSync(blob, Buffer.alloc(statSync(blob).size));
  hub.requests.length = 0;
  expect((await home.run(["fit", "org/m-GGUF"])).code).toBe(0);
  expect(weights().map((request) => request.headers.range)).toEqual(["bytes=0-65535"]);
});

it("tells programs everything in one document", async () => {
  const { stdout } = await home.run(["pull", "org/m-GGUF:q4_k_m", "--json"]);
  const file = FILES["m-Q4_K_M.gguf"];
  expect(JSON.parse(stdout)).toMatchObject({
    ref: "org/m-GGUF",
    repo: "org/m-GGUF",
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    quant: "Q4_K_M",
    files: [{ path: "m-Q4_K_M.gguf", size: file.length, sha256: sha256(file) }],
    bytes: { downloaded: file.length, reused: 0 },
    license: { id: "apache-2.0", class: "permissive", decision: "allow", openness: "open-weights" },
    fit: { weights: file.length, ctx: 256, kvType: "f16" },
  });
});

it.each([
  [["org/m-GGUF", "--quant", "f16"], "m-F16.gguf"],
  [["org/m-GGUF", "--prefer", "speed"], "m-Q4_K_M.gguf"],
  [["org/m-GGUF", "--prefer", "quality"], "m-F16.gguf"],
  [["org/m-GGUF/m-Q4_K_M.gguf"], "m-Q4_K_M.gguf"],
  [["hf.co/org/m-GGUF:Q4_K_M"], "m-Q4_K_M.gguf"],
])("obeys %j", async (args, file) => {
  const { stdout } = await home.run(["pull", ...args]);
  expect(stdout.trim().endsWith(`/${file}`)).toBe(true);
});

it("takes all shards of a model as one", async () => {
  const shard = (index: number) => tinyGguf({ "split.no": index, "split.count": 3 }, TENSORS.slice(index, index + 1));
  const files = Object.fromEntries(
    [0, 1, 2].map((index) => [`Q4_K_M/m-Q4_K_M-0000${index + 1}-of-00003.gguf`, shard(index)]),
  );
  await hub.push({ id: "org/split", files, card: { license: "mit" } });
  const { code, stdout } = await home.run(["pull", "org/split", "--json"]);
  expect(code).toBe(0);
  const { files: stored, path } = JSON.parse(stdout) as { files: { path: string }[]; path: string };
  expect(stored.map((file) => file.path)).toEqual(Object.keys(files));
  expect(path.endsWith("m-Q4_K_M-00001-of-00003.gguf")).toBe(true);
  expect((await home.run(["list", "-q"])).stdout).toBe("org/split:Q4_K_M\n");
});

it("takes an address of the Hub in use for what it shows", async () => {
  await hub.push({ id: "org/pasted", files: { "m-Q8_0.gguf": tinyGguf() }, card: { license: "mit" } });
  const { code, stdout } = await home.run(["pull", `${hub.endpoint}/org/pasted/blob/main/m-Q8_0.gguf`, "--json"]);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { repo: "org/pasted", license: { id: "mit" } }]);
});

it("gets a model from a repository with hostile names that nobody asked for", async () => {
  const files = { "m-Q8_0.gguf": tinyGguf(), "../../evil": sized(10), "README.md": sized(10), "readme.md": sized(10) };
  await hub.push({ id: "org/mixed", files, card: { license: "mit" } });
  expect(await home.run(["pull", "org/mixed"])).toMatchObject({ code: 0 });
  expect(home.files().filter((file) => file.includes("evil"))).toEqual([]);
});

it("pins the commit: a branch that moves meanwhile does not mix in", async () => {
  const { stdout } = await home.run(["pull", "org/m-GGUF:Q4_K_M", "--json"]);
  const old = JSON.parse(stdout) as { commit: string };
  const commit = await hub.push({
    id: "org/m-GGUF",
    files: { "m-Q4_K_M.gguf": sized(1234) },
    card: { license: "mit" },
  });
  const pinned = await home.run(["pull", `org/m-GGUF@${old.commit}:Q4_K_M`, "--json"]);
  expect(JSON.parse(pinned.stdout)).toMatchObject({ commit: old.commit, bytes: { downloaded: 0 } });
  const moved = await home.run(["pull", "org/m-GGUF:Q4_K_M", "--json"]);
  expect(JSON.parse(moved.stdout)).toMatchObject({ commit });
});

it.each([
  ["flipped bytes", { corruptAt: 300_000 }, 8, /sha256 expected/],
  ["a short file", { truncateAt: 200_000 }, 8, /wrong size|makes no sense/],
  ["a web page", { html: true, at: "cdn" as const }, 8, /makes no sense/],
  [
    "a gate in front of the file",
    { status: 403, at: "hub" as const, headers: { "x-error-code": "GatedRepo" } },
    4,
    /gated|accept its terms/,
  ],
])("stores nothing of %s", async (_, fault, code, says) => {
  hub.faults.set("m-Q4_K_M.gguf", fault);
  const result = await home.run(["pull", "org/m-GGUF:Q4_K_M"]);
  expect(result.stderr).toMatch(says);
  expect([result.code, result.stdout]).toEqual([code, ""]);
  expect(named()).toEqual([]);
  expect(leftovers()).toEqual([]);
  expect((await home.run(["list", "-q"])).stdout).toBe("");
});

it("goes on after a cut connection", async () => {
  hub.faults.set("m-Q4_K_M.gguf", { at: "cdn", dropAfter: 150_000, times: 2 });
  const { code, stderr } = await home.run(["pull", "org/m-GGUF:Q4_K_M"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("trying again")]);
  expect(weights().some((request) => /^bytes=[1-9]\d+-\d+$/.test(String(request.headers.range)))).toBe(true);
});

it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
  "keeps what came before %s, and continues from there",
  async (signal) => {
    hub.faults.set("m-F16.gguf", { at: "cdn", bytesPerSecond: 400_000 });
    const args = ["pull", "org/m-GGUF:F16"];
    const stopped = await home.run(args, {
      onStart: async (child) => {
        while (!leftovers().some((file) => lstatSync(`${home.path}/${file}`).size > 200_000)) await sleep(20);
        child.kill(signal);
      },
    });
    expect(stopped.stdout).toBe("");
    if (signal !== "SIGKILL") {
      expect(stopped.code).toBe(signal === "SIGINT" ? 130 : 143);
      expect(stopped.stderr).toMatch(/oslm: stopped\n.*kept; run the same command to continue/);
    }
    expect(leftovers()).toHaveLength(1);
    expect(named()).toEqual([]);
    hub.faults.clear();
    hub.requests.length = 0;
    const { code, stdout } = await home.run(args);
    expect(code).toBe(0);
    expect(sha256(readFileSync(stdout.trim()))).toBe(sha256(FILES["m-F16.gguf"]));
    const from = Number(/^bytes=(\d+)-\d+$/.exec(String(weights().at(-1)?.headers.range))?.[1]);
    expect(from).toBeGreaterThan(200_000);
    expect(leftovers()).toEqual([]);
  },
);

it("names no model that is broken although its bytes are the right ones", async () => {
  await hub.push({
    id: "org/short",
    files: { "m-Q4_K_M.gguf": tinyGguf().subarray(0, -40) },
    card: { license: "mit" },
  });
  const { code, stdout, stderr } = await home.run(["pull", "org/short"]);
  expect([code, stdout]).toEqual([8, ""]);
  expect(stderr).toMatch(/m-Q4_K_M\.gguf is not a usable GGUF file/);
  expect(home.files().filter((file) => file.includes("snapshots"))).toEqual([]);
});

it("gives what is here when offline, and asks for the same again in its hints", async () => {
  const { stdout } = await home.run(["pull", "org/m-GGUF:Q4_K_M"]);
  expect(await home.run(["pull", "org/m-GGUF:Q4_K_M", "--offline"])).toEqual({ code: 0, stdout, stderr: "" });
  await hub.push({ id: "org/llama", files: { "m-Q4_K_M.gguf": sized(1000) }, card: { license: "llama3.2" } });
  const refused = await home.run(["pull", "org/llama@main", "--quant", "q4_k_m", "--ctx", "128"]);
  expect(refused.stderr).toMatch(/Try: oslm pull org\/llama@main:Q4_K_M --ctx 128 --accept-license llama3\.2\n$/);
  const json = await home.run(["pull", "org/llama", "--json"]);
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "license-not-accepted", exitCode: 5 } });
});

it("works together with a second pull of the same model", async () => {
  hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 600_000 });
  const both = await Promise.all([
    home.run(["pull", "org/m-GGUF"]),
    sleep(700).then(() => home.run(["pull", "org/m-GGUF"])),
  ]);
  expect(both.map((result) => result.code)).toEqual([0, 0]);
  expect(both[0].stdout).toBe(both[1].stdout);
  expect(both[1].stderr).toMatch(/another oslm \(pid \d+\) is pulling/);
  expect(weights().filter((request) => request.headers.range === undefined)).toHaveLength(1);
});

it("sends the token to the Hub and to nobody else", async () => {
  await hub.push({
    id: "org/secret",
    files: { "m-Q4_K_M.gguf": sized(1000) },
    card: { license: "mit" },
    private: true,
  });
  const refused = await home.run(["pull", "org/secret"]);
  expect(refused.code).toBe(3);
  const { code, stderr } = await home.run(["pull", "org/secret", "--verbose"], { env: { HF_TOKEN: "hf_right" } });
  expect(code).toBe(0);
  expect(stderr).not.toContain("hf_right");
  expect(weights().some((request) => "authorization" in request.headers)).toBe(false);
  const wrong = await home.run(["pull", "org/secret"], { env: { HF_TOKEN: "hf_wrong" } });
  expect([wrong.code, wrong.stderr]).toEqual([4, expect.stringContaining("HF_TOKEN")]);
  expect(wrong.stderr).not.toContain("hf_wrong");
});

it("accepts a license by flag, and does not ask again for the same model", async () => {
  await hub.push({ id: "org/llama", files: { "m-Q4_K_M.gguf": sized(1000) }, card: { license: "llama3.2" } });
  expect((await home.run(["pull", "org/llama"])).code).toBe(5);
  expect((await home.run(["pull", "org/llama", "--accept-license", "llama3.2"])).code).toBe(0);
  expect((await home.run(["pull", "org/llama"])).code).toBe(0);
});

it("does not write outside the cache, whatever a repository lists", async () => {
  const way = { rfilename: "../../../escape-Q4_K_M.gguf", size: 10, blobId: "0".repeat(40) };
  const siblings = [{ ...way, lfs: { sha256: "0".repeat(64), size: 10, pointerSize: 100 } }];
  hub.faults.set("org/m-GGUF:info", { json: { id: "org/m-GGUF", sha: "0".repeat(40), gated: false, siblings } });
  const { code, stderr } = await home.run(["pull", "org/m-GGUF"]);
  expect([code, stderr]).toEqual([8, expect.stringContaining("unsafe name")]);
  expect(home.files()).toEqual([]);
});

it("does not follow a link that leads out of the cache when it removes", async () => {
  const { stdout } = await home.run(["pull", "org/m-GGUF:Q4_K_M"]);
  const { rmSync, writeFileSync } = await import("node:fs");
  writeFileSync(`${home.path}/precious`, "mine");
  rmSync(stdout.trim());
  symlinkSync(`${home.path}/precious`, stdout.trim());
  await home.run(["rm", "org/m-GGUF", "--yes"]);
  expect(readFileSync(`${home.path}/precious`, "utf8")).toBe("mine");
});
