// oslm import of what other programs have stored: listed, recorded where it lies, and never touched.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { TENSORS, tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const MIT = { "general.license": "mit" };
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const model = (name: string) => tinyGguf({ "general.name": name, "general.file_type": 7, ...MIT });
const run = (...args: string[]) => home.run(args);
const scanned = async () => JSON.parse((await run("import", "--json")).stdout) as Record<string, unknown>[];

function put(path: string, bytes: Buffer | string): string {
  const full = join(home.path, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, bytes);
  return full;
}

const MANIFESTS = ".ollama/models/manifests";
function ollama(name: string, body: Buffer, layers?: unknown): string {
  const layer = {
    mediaType: "application/vnd.ollama.image.model",
    digest: `sha256:${sha256(body)}`,
    size: body.length,
  };
  const template = { mediaType: "application/vnd.ollama.image.template", digest: `sha256:${"0".repeat(64)}` };
  put(`${MANIFESTS}/${name}`, JSON.stringify({ schemaVersion: 2, layers: layers ?? [layer, template] }));
  return put(`.ollama/models/blobs/sha256-${sha256(body)}`, body);
}

const COMMIT = "1".repeat(40);
function hubCache(body: Buffer): string {
  const root = ".cache/huggingface/hub/models--org--m-GGUF";
  put(`${root}/blobs/${sha256(body)}`, body);
  put(`${root}/refs/main`, COMMIT);
  const place = join(home.path, root, "snapshots", COMMIT, "m-Q8_0.gguf");
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(`../../blobs/${sha256(body)}`, place);
  return place;
}

it("lists what is there, in both faces, with names that can be typed", async () => {
  const body = model("one");
  const blob = ollama("registry.ollama.ai/library/one/latest", body);
  ollama("registry.ollama.ai/someone/two/3b", model("two"));
  ollama("example.com/someone/three/latest", model("three"));
  put(".lmstudio/models/pub/four-GGUF/four-Q4_0.gguf", model("four"));
  put(".lmstudio/models/pub/four-GGUF/mmproj-four-F16.gguf", model("four"));
  put(".cache/llama.cpp/org_five_five-Q8_0.gguf", model("five"));
  hubCache(model("six"));
  expect((await scanned()).map(({ id }) => id)).toEqual([
    "hf:org/m-GGUF:Q8_0",
    "ollama:example.com/someone/three",
    "ollama:one",
    "ollama:someone/two:3b",
    "lmstudio:pub/four-GGUF/four-Q4_0.gguf",
    "llama.cpp:org_five_five-Q8_0.gguf",
  ]);
  const [, , one] = await scanned();
  expect(one).toEqual({ id: "ollama:one", quant: "Q8_0", size: body.length, where: "Ollama", path: blob });
  const { stdout } = await run("import", "--scan");
  expect(stdout).toContain(["ollama:one", "Q8_0", body.length, "Ollama", blob].join("\t"));
});

it.each([
  ["ollama:one", "one:q8_0"],
  ["ollama:one:latest", "one:q8_0"],
  ["OLLAMA:one", "one:q8_0"],
  ["lmstudio:pub/four-GGUF/four-Q4_0.gguf", "four:q4_0"],
  ["llama.cpp:five-Q8_0.gguf", "five:q8_0"],
])("records %s as a reference named %s", async (id, name) => {
  const paths = [
    ollama("registry.ollama.ai/library/one/latest", model("a")),
    put(".lmstudio/models/pub/four-GGUF/four-Q4_0.gguf", model("b")),
    put(".cache/llama.cpp/five-Q8_0.gguf", model("c")),
  ];
  const before = home.files();
  expect((await run("import", id)).stdout).toBe(`${name}\n`);
  expect(paths).toContain((await run("show", name, "-q")).stdout.trim());
  // It is known now, and the scan is about what is not.
  expect(await scanned()).toHaveLength(2);
  await run("rm", name, "--yes");
  expect(home.files().filter((file) => !file.startsWith(".local/state/"))).toEqual(before);
});

it("records what another program put into the Hugging Face cache by its own name", async () => {
  const place = hubCache(model("m"));
  expect((await run("import", "org/m-GGUF:Q8_0")).stdout).toBe("org/m-GGUF:Q8_0\n");
  const [stored] = JSON.parse((await run("list", "--json")).stdout);
  expect(stored).toMatchObject({ name: "org/m-GGUF:Q8_0", repo: "org/m-GGUF", commit: COMMIT, path: place });
  expect((await run("import", "hf:org/m-GGUF:Q8_0", "--copy")).code).toBe(3);
});

it("takes all, goes on after a bad one, and ends with its exit code", async () => {
  ollama("registry.ollama.ai/library/good/latest", model("good"));
  const bad = ollama("registry.ollama.ai/library/bad/latest", model("bad"));
  put(".lmstudio/models/pub/four-GGUF/four-Q4_0.gguf", model("four"));
  const bytes = readFileSync(bad);
  bytes.write("!", bytes.length - 1);
  writeFileSync(bad, bytes);
  const { code, stdout, stderr } = await run("import", "--all");
  expect([code, stdout]).toEqual([8, "good:q8_0\nfour:q4_0\n"]);
  expect(stderr).toContain("warning: ollama:bad is left out");
});

it("takes split models whole, and passes over those with a gap", async () => {
  const part = (index: number) =>
    tinyGguf({ "split.no": index, "split.count": 3, ...MIT }, TENSORS.slice(index, index + 1));
  for (const index of [0, 1, 2]) put(`.lmstudio/models/p/m/m-Q8_0-0000${index + 1}-of-00003.gguf`, part(index));
  put(".lmstudio/models/p/n/n-Q8_0-00001-of-00003.gguf", part(0));
  expect((await scanned()).map(({ id }) => id)).toEqual(["lmstudio:p/m/m-Q8_0-00001-of-00003.gguf"]);
  expect((await run("import", "--all")).code).toBe(0);
  expect((await run("list", "--json")).stdout).toContain("m-Q8_0-00001-of-00003.gguf");
});

it.each<[string, unknown]>([
  ["no layers", {}],
  ["layers of the wrong shape", [null, 1, { mediaType: 1, digest: [] }]],
  [
    "a digest that leaves the store",
    [{ mediaType: "application/vnd.ollama.image.model", digest: "sha256:../../../etc" }],
  ],
  [
    "a digest of nothing here",
    [{ mediaType: "application/vnd.ollama.image.model", digest: `sha256:${"f".repeat(64)}` }],
  ],
])("passes over a manifest with %s", async (_what, layers) => {
  ollama("registry.ollama.ai/library/evil/latest", model("m"), layers);
  expect(await scanned()).toEqual([]);
});

it("passes over junk, enormous manifests and links", async () => {
  ollama("registry.ollama.ai/library/good/latest", model("good"));
  put(`${MANIFESTS}/registry.ollama.ai/library/junk/latest`, "not JSON");
  put(`${MANIFESTS}/registry.ollama.ai/library/huge/latest`, Buffer.alloc(2_000_000, "["));
  put(`${MANIFESTS}/registry.ollama.ai/short`, "{}");
  const outside = put("outside.gguf", model("outside"));
  mkdirSync(join(home.path, ".lmstudio/models/p/r"), { recursive: true });
  symlinkSync(outside, join(home.path, ".lmstudio/models/p/r/link.gguf"));
  symlinkSync(home.path, join(home.path, ".lmstudio/models/p/loop"));
  put(".lmstudio/models/p/r/half.gguf", "GGUF");
  expect((await scanned()).map(({ id }) => id)).toEqual(["ollama:good"]);
});

it("says what it did not find", async () => {
  ollama("registry.ollama.ai/library/llama/latest", model("x"));
  const { code, stderr } = await run("import", "ollama:lama");
  expect([code, stderr]).toEqual([3, expect.stringContaining("Did you mean ollama:llama?")]);
  expect(stderr).toContain("Try: oslm import");
  expect((await run("import", "x.gguf", "--all")).code).toBe(2);
  expect((await run("import", "--name", "x")).code).toBe(2);
});
