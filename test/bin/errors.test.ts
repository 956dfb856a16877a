// Wrong input of every kind: its own exit code, three lines that help, nothing on stdout, nothing half-written.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { writeGguf } from "../support/gguf-writer.js";
import { BIN, Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const home = new Home();
let hub: FakeHub;

beforeAll(async () => {
  const whole = tinyGguf();
  mkdirSync(join(home.path, "files"));
  const put = (name: string, bytes: Buffer) => writeFileSync(join(home.path, "files", name), bytes);
  put("empty.gguf", Buffer.alloc(0));
  put("random.gguf", Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251)));
  put("page.gguf", Buffer.from("<!doctype html><title>Sign in</title>"));
  put("truncated.gguf", whole.subarray(0, whole.length - 100));
  put("header-only.gguf", whole.subarray(0, 80));
  put("no-blocks.gguf", tinyGguf({ "llama.block_count": 0 }));
  put("unknown-arch.gguf", writeGguf({ metadata: { "general.architecture": "nonesuch", "nonesuch.block_count": 1 } }));
  hub = await startFakeHub({
    repos: [
      { id: "org/free", files: { "m-Q4_K_M.gguf": whole, "m-Q8_0.gguf": whole }, card: { license: "mit" } },
      { id: "org/llama", files: { "m-Q4_K_M.gguf": whole }, card: { license: "llama3.2" } },
      { id: "org/silent", files: { "m-Q4_K_M.gguf": whole } },
      { id: "org/weights", files: { "model.safetensors": Buffer.alloc(100) }, card: { license: "mit" } },
      { id: "org/gated", files: { "m-Q4_K_M.gguf": whole }, card: { license: "mit" }, gated: "manual" },
      {
        id: "org/hostile",
        files: { "../../m-Q4_K_M.gguf": whole, "a/m-Q8_0.gguf": whole, "A/m-Q8_0.gguf": whole },
        card: { license: "mit" },
      },
      { id: "org/junk", files: { "m-Q4_K_M.gguf": Buffer.alloc(30_000, 1) }, card: { license: "mit" } },
    ],
  });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

const file = (name: string) => `./files/${name}`;

const CASES: readonly (readonly [what: string, args: readonly string[], code: number, says: RegExp])[] = [
  ["an unknown verb", ["pul", "a b", "--force"], 2, /no command 'pul'.*pull.*\n.*\nTry: oslm pull "a b" --force$/m],
  [
    "a choice that is none",
    ["recommend", "cod"],
    2,
    /'cod' is no task\n {2}There are .*code.*\nTry: oslm recommend code$/m,
  ],
  ["no choice in sight", ["recommend", "poetry"], 2, /'poetry' is no task\n.*\nTry: oslm recommend --help$/m],
  ["an unknown flag", ["list", "--nope"], 2, /--nope/],
  ["a missing argument", ["pull"], 2, /missing required argument 'model'\n {2}It is a name such as/],
  ["too many arguments", ["show", "a", "b"], 2, /too many arguments/],
  ["a number that is none", ["run", "demo", "hi", "--temp", "warm"], 2, /--temp.*warm/],
  ["a size that is none", ["list", "--ram", "lots"], 2, /--ram.*lots/],
  ["an unknown name", ["run", "qwen9", "hi"], 3, /Did you mean qwen3\.5, qwen3, qwen2\.5\?\nTry: oslm run qwen3\.5$/m],
  ["to remove what is nowhere", ["rm", "nothing"], 3, /No stored model has that name.\nTry: oslm list$/m],
  ["to remove what could be here", ["rm", "qwen2.5"], 3, /No stored model has that name.\nTry: oslm pull qwen2.5$/m],
  ["an unknown quantization", ["pull", "org/free", "--quant", "q9"], 2, /q9/],
  ["two quantizations", ["pull", "org/free:Q8_0", "--quant", "q4_k_m"], 2, /Q4_K_M/],
  ["something that names nothing", ["pull", "org//x"], 2, /org\/\/x/],
  ["no prompt", ["run", "demo"], 2, /no prompt/],
  ["a prompt without quotes", ["run", "demo", "How", "do", "I", "--verbose"], 2, /must be in quotes/],
  ["a value without its equals sign", ["run", "demo", "hi", "--think", "hide"], 2, /Try: --think=hide$/m],
  ["a quantization of a single file", ["run", "demo", "hi", "--quant", "q2_k"], 2, /--quant cannot choose/],
  ["a pull of a missing file", ["pull", "./none.gguf"], 3, /none\.gguf/],
  ["an unknown help topic", ["help", "nope"], 2, /nope/],
  ["an unknown model", ["pull", "qwn2"], 3, /qwn2.*qwen2/s],
  ["an unknown model to run", ["run", "qwn2", "hi"], 3, /qwen2/],
  ["an unknown size", ["pull", "qwen2:99b"], 3, /99b/],
  ["an unknown repository", ["pull", "org/none"], 3, /org\/none/],
  ["an unknown revision", ["pull", "org/free@none"], 3, /none/],
  ["an unknown file", ["pull", "org/free/none.gguf"], 3, /none\.gguf.*m-Q4_K_M\.gguf/s],
  ["a quantization that is not offered", ["pull", "org/free:Q2_K"], 3, /Q2_K.*Q4_K_M/s],
  ["a repository without GGUF", ["pull", "org/weights"], 3, /SafeTensors/],
  ["a missing local file", ["run", "./none.gguf", "hi"], 3, /none\.gguf/],
  ["a model that is not stored", ["show", "org/free", "--offline"], 3, /not on this disk/],
  ["removing what is not stored", ["rm", "org/free", "--yes"], 3, /not on this disk/],
  ["a gated repository", ["pull", "org/gated"], 4, /oslm auth login/],
  ["a license that asks", ["pull", "org/llama"], 5, /--accept-license llama3\.2/],
  ["--yes for a license", ["pull", "org/llama", "--yes"], 5, /--accept-license llama3\.2/],
  ["a model without a license", ["pull", "org/silent"], 5, /--accept-license unknown/],
  ["another license than the accepted one", ["pull", "org/llama", "--accept-license", "mit"], 5, /llama3\.2/],
  ["too little RAM", ["pull", "org/free", "--ram", "50MB"], 6, /does not fit.*47\.5 MB of RAM/s],
  ["too little RAM for one quantization", ["pull", "org/free:Q8_0", "--ram", "50MB"], 6, /does not fit/],
  ["--offline", ["pull", "org/free", "--offline"], 7, /offline/],
  ["--offline for a run", ["run", "org/free", "hi", "--offline"], 7, /offline/],
  ["a repository of hostile names", ["pull", "org/hostile"], 8, /unsafe name.*leaves its folder/s],
  ["a file with a hostile name", ["pull", "org/hostile/a/m-Q8_0.gguf"], 8, /unsafe name.*in case only/s],
  ["junk in place of a model", ["pull", "org/junk"], 8, /does not start with GGUF/],
  ["an empty file", ["run", file("empty.gguf"), "hi"], 8, /empty/],
  ["random bytes", ["run", file("random.gguf"), "hi"], 8, /does not start with GGUF/],
  ["a web page", ["run", file("page.gguf"), "hi"], 8, /web page/],
  ["a truncated file", ["run", file("truncated.gguf"), "hi"], 8, /truncated\.gguf/],
  ["a file cut in its header", ["show", file("header-only.gguf")], 8, /header-only\.gguf/],
  ["a file that would end the process", ["run", file("no-blocks.gguf"), "hi"], 8, /block_count/],
];

it.each(CASES)("%s", async (_, args, code, says) => {
  const before = home.filesButEvidence();
  const result = await home.run(
    args.map((arg) => arg.replace("./files", join(home.path, "files"))),
    {
      env: { HF_ENDPOINT: hub.endpoint },
    },
  );
  expect(result.stderr).toMatch(says);
  expect([result.code, result.stdout]).toEqual([code, ""]);
  const lines = result.stderr.trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(/^Try: ./);
  expect(lines.at(-3) ?? lines.at(-2)).toMatch(/^oslm: ./);
  expect(result.stderr).not.toMatch(/\n\s+at |undefined|\[object/);
  expect(home.filesButEvidence()).toEqual(before);
});

it("reports a Hub that is down", async () => {
  const { endpoint, close } = await startFakeHub({ repos: [] });
  await close();
  const result = await home.run(["pull", "org/free"], { env: { HF_ENDPOINT: endpoint } });
  expect([result.code, result.stdout]).toEqual([7, ""]);
  expect(result.stderr).toMatch(/cannot be reached\n {2}.*refused.*\nTry: /);
});

it.each([
  [
    ["show", "org/free", "--json", "--offline"],
    { code: "not-stored", exitCode: 3, hint: "oslm pull org/free", facts: { ref: "org/free" } },
  ],
  [["list", "--json=nope"], { code: "usage", exitCode: 2, hint: expect.stringContaining("--json=name,ref") }],
  [["list", "--json", "--quiet"], { code: "usage", exitCode: 2 }],
  [["list", "--json", "--nope"], { code: "usage", exitCode: 2 }],
])("reports errors as JSON where JSON was asked for: %j", async (args, expected) => {
  const result = await home.run(args);
  expect([result.code, result.stdout]).toEqual([expected.exitCode, ""]);
  expect(JSON.parse(result.stderr)).toMatchObject({ error: expected });
});

it("says which folder it cannot use", async () => {
  const cache = join(home.path, "files", "empty.gguf", "hub");
  const result = await home.run(["pull", "org/free"], { env: { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache } });
  expect([result.code, result.stdout]).toEqual([2, ""]);
  expect(result.stderr).toMatch(
    /cannot use .*empty\.gguf.*\n {2}A file stands where a folder is needed\.\nTry: .*HF_HUB_CACHE/,
  );
});

it.skipIf(!existsSync("/dev/full"))("says so when its output cannot be written", async () => {
  const stderr = await new Promise<string>((resolve) => {
    const line = `"${process.execPath}" "${BIN}" help > /dev/full; echo "rc $?" >&2`;
    execFile("sh", ["-c", line], { env: home.env }, (_error, _stdout, text) => resolve(text));
  });
  expect(stderr).toMatch(/^oslm: the output cannot be written\n {2}.*ENOSPC.*\nTry: .*\nrc 6\n$/);
});

it("asks for no weight byte before the license is accepted", async () => {
  hub.requests.length = 0;
  const result = await home.run(["pull", "org/llama"], { env: { HF_ENDPOINT: hub.endpoint } });
  expect(result.code).toBe(5);
  expect(hub.requests.length).toBeGreaterThan(0);
  expect(hub.requests.filter((request) => request.path.endsWith(".gguf") || request.host === "cdn")).toEqual([]);
});
