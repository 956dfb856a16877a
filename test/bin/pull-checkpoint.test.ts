// oslm pull of a repository that has a checkpoint and no GGUF file, from a Hub on loopback.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { wideFiles } from "../support/checkpoint-repo.js";
import { type CheckpointRoom, FILES, openCheckpointRoom } from "../support/checkpoint-room.js";

let room: CheckpointRoom;
beforeEach(async () => {
  room = await openCheckpointRoom();
});
afterEach(() => room.close());
async function reopen(...repo: Parameters<typeof openCheckpointRoom>): Promise<void> {
  await room.close();
  room = await openCheckpointRoom(...repo);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

it("becomes a model that runs, with a record of what it was made from", async () => {
  const { code, stdout } = await room.home.run(["pull", "org/Tiny", "--json"]);
  expect(code).toBe(0);
  const pulled = JSON.parse(stdout);
  expect(pulled).toMatchObject({
    ...{ ref: "org/Tiny", repo: "org/Tiny", quant: "Q8_0" },
    bytes: { reused: 0 },
    license: { id: "apache-2.0", decision: "allow" },
    converted: { repo: "org/Tiny", commit: pulled.commit, engine: expect.stringMatching(/^v\d/) },
  });
  const file = readFileSync(pulled.path);
  expect(pulled.files).toEqual([{ path: "Tiny-Q8_0.gguf", size: file.length, sha256: sha256(file) }]);
  expect(pulled.converted.files.map((one: { path: string }) => one.path).sort()).toEqual(Object.keys(FILES).sort());
  for (const one of pulled.converted.files) expect(one.sha256).toBe(sha256(FILES[one.path] as Buffer));
  expect(room.inCache()).toEqual([]);

  room.hub.requests.length = 0;
  expect((await room.home.run(["run", "org/Tiny", "hello", "-n", "4", "--temp", "0"])).stdout.length).toBeGreaterThan(
    0,
  );
  expect(room.hub.requests).toEqual([]);
  const again = await room.home.run(["pull", "org/Tiny"]);
  expect(again).toMatchObject({ code: 0, stdout: `${pulled.path}\n` });
  expect(room.weights().every(({ headers }) => headers.range !== undefined)).toBe(true);
  expect((await room.home.run(["license", "org/Tiny", "--offline", "--json"])).stdout).toContain('"from": "kept"');
  expect((await room.home.run(["verify", "--json"])).code).toBe(0);
  // Made anew from what lies beside the file.
  const index = join(room.home.path, ".local/state/oslm");
  for (const name of ["index.json", "index.copy.json"]) writeFileSync(join(index, name), "");
  expect((await room.home.run(["show", "org/Tiny", "--json=converted"])).stdout).toContain(pulled.commit);
  expect((await room.home.run(["cp", "org/Tiny", "mine"])).code).toBe(0);
  expect((await room.home.run(["rm", "org/Tiny", "--yes"])).code).toBe(0);
  expect((await room.home.run(["list", "--quiet"])).stdout).toBe("mine\n");
  expect(existsSync(pulled.path)).toBe(true);
  expect((await room.home.run(["rm", "mine", "--yes"])).code).toBe(0);
  expect(existsSync(pulled.path)).toBe(false);
});

it("is quantized from its largest variant, where several are stored", async () => {
  await room.home.run(["pull", "org/Tiny:F16", "--keep"]);
  const { stderr } = await room.home.run(["pull", "org/Tiny:Q8_0", "--keep"]);
  expect(stderr).toContain("nothing had to be downloaded");
  const { code, stdout } = await room.home.run(["quantize", "org/Tiny", "Q5_1", "--dry-run", "--json=source"]);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { source: { quant: "F16" } }]);
  const named = await room.home.run(["quantize", "org/Tiny:Q8_0", "Q5_1", "--dry-run"]);
  expect(named).toMatchObject({ code: 2, stderr: expect.stringContaining("--allow-requantize") });
});

it("is compared with what its checkpoint has become", async () => {
  await room.home.run(["pull", "org/Tiny"]);
  const compare = async () => JSON.parse((await room.home.run(["outdated", "--license", "--json"])).stdout);
  expect(await compare()).toMatchObject([{ name: "org/Tiny:Q8_0", repo: "org/Tiny", fetchBytes: 0, changes: [] }]);
  const weights = wideFiles()["model.safetensors"] as Buffer;
  await room.hub.push({ id: "org/Tiny", card: { license: "mit" }, files: { ...FILES, "model.safetensors": weights } });
  const [compared] = await compare();
  expect(compared).toMatchObject({ repo: "org/Tiny", quant: "Q8_0", fetchBytes: weights.length });
  const changes = compared.changes.map(({ what, path, before }: Record<string, unknown>) => [what, path ?? before]);
  expect(changes).toEqual(
    expect.arrayContaining([
      ["file", "model.safetensors"],
      ["license", "apache-2.0"],
    ]),
  );
});

it("is quantized as the whole-file quantizer would", async () => {
  const files = wideFiles();
  const tokenizer = { ...JSON.parse(String(files["tokenizer.json"])), normalizer: { type: "NFC" } };
  files["tokenizer.json"] = Buffer.from(JSON.stringify(tokenizer));
  await reopen(files);
  const { code, stdout, stderr } = await room.home.run(["pull", "org/Tiny:q4_k_m"]);
  expect(code).toBe(0);
  for (const word of ["checkpoint of llama", "normalization NFC", "at the peak", "Tiny-Q4_K_M.gguf", "freed"])
    expect(stderr).toContain(word);
  const folder = join(room.home.path, "Tiny");
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const [full, small] = [join(room.home.path, "full.gguf"), join(room.home.path, "small.gguf")];
  expect((await room.home.run(["convert", folder, "--type", "F32", "-o", full])).code).toBe(0);
  expect((await room.home.run(["quantize", full, "Q4_K_M", "-o", small])).code).toBe(0);
  const { readHeader } = await import("../../src/gguf/header.js");
  const { memorySource } = await import("../../src/gguf/source.js");
  const tensors = async (path: string) => {
    const bytes = readFileSync(path);
    const header = await readHeader(memorySource(bytes), { name: "it" });
    return header.tensors
      .map(({ name, type, offset, bytes: length }) => {
        const from = header.dataOffset + offset;
        return `${name} ${type} ${sha256(bytes.subarray(from, from + length))}`;
      })
      .sort();
  };
  const ours = await tensors(stdout.trim());
  expect(ours).toEqual(await tensors(small));
  expect(new Set(ours.map((line) => line.split(" ")[1]))).toEqual(new Set(["F32", "Q4_K", "Q6_K"]));
  expect((await room.home.run(["run", stdout.trim(), "hello", "-n", "3"])).code).toBe(0);
});

it("is told of in lists and reports by what it was made from, and made again when it is damaged", async () => {
  // A run pulls what is not here.
  expect((await room.home.run(["run", "org/Tiny", "hello", "-n", "1"])).code).toBe(0);
  const [row] = JSON.parse((await room.home.run(["list", "--json"])).stdout);
  expect(row).toMatchObject({
    name: "org/Tiny:Q8_0",
    repo: "org/Tiny",
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  const report = (await room.home.run(["license", "report", "--format", "cyclonedx"])).stdout;
  expect(report).toContain(`Made here of the checkpoint of org/Tiny at commit ${row.commit}`);
  expect(report).toContain(`/org/Tiny/resolve/${row.commit}/model.safetensors`);
  expect(report).not.toContain(`/resolve/${row.commit}/Tiny-Q8_0.gguf`);
  const before = readFileSync(row.path);
  const damaged = Buffer.from(before);
  damaged[damaged.length - 5] = 255 - (damaged.at(-5) ?? 0);
  writeFileSync(row.path, damaged);
  const { code, stderr } = await room.home.run(["verify"]);
  expect(code).toBe(8);
  expect(stderr).toContain("Try: oslm rm org/Tiny:Q8_0 --yes && oslm pull org/Tiny:Q8_0\n");
  expect((await room.home.run(["rm", "org/Tiny:Q8_0", "--yes"])).code).toBe(0);
  expect((await room.home.run(["pull", "org/Tiny:Q8_0"])).stdout).toBe(`${row.path}\n`);
  expect(readFileSync(row.path).equals(before)).toBe(true);
});
