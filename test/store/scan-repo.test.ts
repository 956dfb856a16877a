// What a folder of the Hugging Face cache holds, when other programs or attackers filled it.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reposIn, scanRepo } from "../../src/store/scan-repo.js";
import { repoId } from "../support/store-room.js";

const REPO = repoId("org/m-GGUF");
const [C1, C2] = ["1".repeat(40), "2".repeat(40)];
let cache: string;
let root: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "oslm-scan-"));
  root = join(cache, "models--org--m-GGUF");
});
afterEach(() => rm(cache, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

/** A blob with an entry that leads to it, as hf writes them. */
async function store(commit: string, path: string, hash: string, target?: string): Promise<void> {
  await put(`blobs/${hash}`, `bytes of ${hash}`);
  const place = join(root, "snapshots", commit, path);
  await mkdir(dirname(place), { recursive: true });
  await symlink(target ?? `${"../".repeat(path.split("/").length + 1)}blobs/${hash}`, place);
}
const hash = (digit: string) => digit.repeat(64);
const names = async () => (await scanRepo(cache, REPO)).map((model) => model.name);

test("gives each quantization with the names and hashes of its files", async () => {
  await store(C1, "m-Q4_K_M.gguf", hash("a"));
  await store(C1, "README.md", "b".repeat(40));
  await store(C1, "Q8_0/m-Q8_0-00002-of-00002.gguf", hash("d"));
  await store(C1, "Q8_0/m-Q8_0-00001-of-00002.gguf", hash("c"));
  await put("refs/main", C1);
  const found = await scanRepo(cache, REPO);
  expect(found.map(({ name, ref, quant }) => [name, ref, quant]).sort()).toEqual([
    ["org/m-GGUF:Q4_K_M", "org/m-GGUF", "Q4_K_M"],
    ["org/m-GGUF:Q8_0", "org/m-GGUF", "Q8_0"],
  ]);
  const split = found.find((model) => model.quant === "Q8_0");
  expect(split?.files.map(({ path, claimed }) => [path, claimed])).toEqual([
    ["Q8_0/m-Q8_0-00001-of-00002.gguf", hash("c")],
    ["Q8_0/m-Q8_0-00002-of-00002.gguf", hash("d")],
  ]);
  expect(split).toMatchObject({ repo: REPO, commit: C1, size: 2 * `bytes of ${hash("c")}`.length });
});

test("names the branch, or the commit where no branch leads to it", async () => {
  await store(C1, "m-Q4_K_M.gguf", hash("a"));
  await store(C2, "m-Q4_K_M.gguf", hash("b"));
  expect(await names()).toEqual([`org/m-GGUF@${C1}:Q4_K_M`, `org/m-GGUF@${C2}:Q4_K_M`]);
  await put("refs/main", C2);
  await put("refs/refs/pr/1", C1);
  expect(await names()).toEqual(["org/m-GGUF@refs/pr/1:Q4_K_M", "org/m-GGUF:Q4_K_M"]);
});

test("further models of a repository go by their file", async () => {
  await store(C1, "m-Q4_K_M.gguf", hash("a"));
  await store(C1, "quite-another-Q4_K_M.gguf", hash("b"));
  await put("refs/main", C1);
  expect(await names()).toEqual(["org/m-GGUF:Q4_K_M", "org/m-GGUF/quite-another-Q4_K_M.gguf"]);
});

test("a file that lies in the snapshot itself counts, without a hash", async () => {
  await put(`snapshots/${C1}/m-Q4_K_M.gguf`, "bytes");
  const [model] = await scanRepo(cache, REPO);
  expect(model?.files).toMatchObject([{ path: "m-Q4_K_M.gguf", size: 5, claimed: undefined }]);
});

test.each([
  ["leads out of the cache", "/etc/passwd"],
  ["leads to another repository", `../../../models--org--other/blobs/${hash("a")}`],
  ["dangles", `../../blobs/${hash("e")}`],
])("an entry that %s is no file", async (_what, target) => {
  await store(C1, "m-Q4_K_M.gguf", hash("a"), target);
  expect(await names()).toEqual([]);
});

test("a model with a missing shard is none", async () => {
  await store(C1, "m-Q8_0-00001-of-00002.gguf", hash("c"));
  expect(await names()).toEqual([]);
});

test("nothing is read through a folder that is a link", async () => {
  await store(C1, "m-Q4_K_M.gguf", hash("a"));
  const other = repoId("org/link");
  await symlink(root, join(cache, "models--org--link"));
  expect(await scanRepo(cache, other)).toEqual([]);
  expect(await scanRepo(cache, repoId("org/absent"))).toEqual([]);
});

test("junk in refs and snapshots is passed over", async () => {
  await store(C1, "m-Q4_K_M.gguf", hash("a"));
  await put("refs/main", "x".repeat(100_000));
  await put("refs/other", "not a commit");
  await put("snapshots/not-a-commit/m-Q8_0.gguf", "bytes");
  expect(await names()).toEqual([`org/m-GGUF@${C1}:Q4_K_M`]);
});

test("lists the repositories of a cache", async () => {
  for (const name of ["models--org--a--b", "models--gpt2", "datasets--org--d", "models--..--etc", "version.txt"]) {
    await mkdir(join(cache, name));
  }
  expect(await reposIn(cache)).toEqual(["org/a--b"]);
});
