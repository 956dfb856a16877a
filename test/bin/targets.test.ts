// Where results may go that -o names: the same for all commands that make a GGUF file.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeModel } from "../support/checkpoints/family.js";
import { writeFolder } from "../support/checkpoints/folder.js";
import { LLAMAS } from "../support/checkpoints/llama.js";
import { makePeft, writePeft } from "../support/checkpoints/peft.js";
import { writeGguf } from "../support/gguf-writer.js";
import { legacyImatrix } from "../support/imatrix.js";
import { Home } from "../support/oslm.js";
import { wideModel } from "../support/wide-model.js";

const home = new Home();
const at = (...names: string[]) => join(home.path, ...names);
const run = (...args: string[]) => home.run(args, { cwd: home.path });
const [family] = LLAMAS;
if (family === undefined) throw new Error("no family");
const model = makeModel(family);

/** What is written before `-o`. */
const MAKERS = {
  quantize: ["quantize", "./wide.gguf", "Q8_0"],
  convert: ["convert", "tiny"],
  "convert of an adapter": ["convert", "adapter", "--base", "tiny"],
  merge: ["merge", "tiny", "adapter"],
};
const makers = Object.entries(MAKERS);

beforeAll(() => {
  writeFileSync(at("wide.gguf"), writeGguf(wideModel("F16", 1)));
  writeFolder(at("tiny"));
  const modules = ["model.layers.0.self_attn.q_proj"];
  writePeft(at("adapter"), makePeft(model, { modules }), "---\nlicense: mit\n---\n");
  mkdirSync(at("sub"));
  writeFileSync(at("sub", "there.gguf"), "mine");
  execFileSync("mkfifo", [at("pipe")]);
});
afterAll(() => home.remove());

describe.skipIf(process.platform !== "linux").each(makers)("-o of %s", (_, maker) => {
  it("leaves a pipe, and what else is no file, as it is", async () => {
    for (const flags of [[], ["--force"]]) {
      const { code, stderr } = await run(...maker, "-o", "pipe", ...flags);
      expect([code, stderr]).toEqual([2, expect.stringContaining("is no file")]);
    }
    expect(lstatSync(at("pipe")).isFIFO()).toBe(true);
  });

  it("tells how to make a folder that is missing", async () => {
    const file = await run(...maker, "-o", "no dir/a.gguf");
    expect([file.code, file.stderr]).toEqual([2, expect.stringContaining('Try: mkdir -p "no dir"')]);
    const folder = await run(...maker, "-o", "nosuch/");
    expect([folder.code, folder.stderr]).toEqual([2, expect.stringContaining("Try: mkdir -p nosuch")]);
    expect(existsSync(at("nosuch"))).toBe(false);
  });

  it("tells where nothing can be written before it works", async () => {
    const { code, stderr } = await run(...maker, "-o", "/proc/a.gguf");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/cannot be written[\s\S]*Try: name a file .*-o/)]);
    expect((await run(...maker, "-o", "sub/there.gguf/a.gguf")).stderr).toContain("is no folder");
  });

  it("is no name for stdout", async () => {
    const { code, stderr } = await run(...maker, "-o", "-");
    expect([code, stderr]).toEqual([2, expect.stringContaining("stdout")]);
    expect(existsSync(at("-"))).toBe(false);
  });

  it("writes over a file when told to, and says how to tell it", async () => {
    const { code, stderr } = await run(...maker, "-o", "sub/there.gguf");
    expect([code, stderr]).toEqual([2, expect.stringContaining("there.gguf is there already")]);
    expect(stderr).toContain(`Try: oslm ${maker.join(" ")} -o sub/there.gguf --force`);
    expect(readFileSync(at("sub", "there.gguf"), "utf8")).toBe("mine");
    writeFileSync(at("other"), "mine");
    expect((await run(...maker, "-o", "other", "--force")).code).toBe(0);
    expect(readFileSync(at("other"), "latin1").slice(0, 4)).toBe("GGUF");
    expect(readdirSync(home.path).filter((name) => /partial|tmp/.test(name))).toEqual([]);
  });
});

it.skipIf(process.platform !== "linux")(
  "names the file that becomes too large for a limit, and leaves nothing",
  async () => {
    const { code, stderr } = await home.run(["convert", at("tiny"), "-o", at("sub", "large.gguf")], {
      ulimit: ["-f", 100],
    });
    expect([code, stderr]).toEqual([6, expect.stringContaining(`${at("sub", "large.gguf")} cannot be written`)]);
    expect(stderr).toContain("ulimit -f");
    expect(readdirSync(at("sub")).filter((name) => /large/.test(name))).toEqual([]);
  },
);

it("writes to where a link leads", async () => {
  writeFileSync(at("sub", "far.gguf"), "mine");
  symlinkSync("sub/far.gguf", at("link.gguf"));
  expect((await run("convert", "tiny", "-o", "link.gguf", "--force")).code).toBe(0);
  expect(lstatSync(at("link.gguf")).isSymbolicLink()).toBe(true);
  expect(readFileSync(at("sub", "far.gguf"), "latin1").slice(0, 4)).toBe("GGUF");
});

describe("what is read", () => {
  beforeAll(() => {
    symlinkSync("tiny/config.json", at("config-link"));
    linkSync(at("wide.gguf"), at("wide-too.gguf"));
    writeFileSync(at("im.gguf"), legacyImatrix([]));
  });

  it.each([
    ["its weights", "convert tiny -o tiny/model.safetensors"],
    ["its configuration, by a link", "convert tiny -o config-link"],
    ["the base of an adapter", "convert adapter --base tiny -o tiny/model.safetensors"],
    ["a base that is a file", "convert adapter --base wide.gguf -o wide-too.gguf"],
    ["the adapter itself", "convert adapter --base tiny -o adapter/adapter_model.safetensors"],
    ["an importance matrix", "convert tiny --type Q4_K_M --imatrix im.gguf -o im.gguf"],
    ["the source, by its other name", "quantize ./wide.gguf Q8_0 -o wide-too.gguf"],
    ["an importance matrix of a GGUF file", "quantize ./wide.gguf Q4_K_M --imatrix im.gguf -o im.gguf"],
    ["the base of a merge", "merge tiny adapter -o tiny/model.safetensors"],
    ["the adapter of a merge", "merge tiny adapter -o adapter/adapter_config.json"],
  ])("is not written over: %s", async (_, command) => {
    const words = command.split(" ");
    const target = at(words.at(-1) ?? "");
    const before = readFileSync(target);
    const { code, stderr } = await run(...words, "--force");
    expect([code, stderr]).toEqual([2, expect.stringContaining("What is read cannot be written.")]);
    expect(readFileSync(target).equals(before)).toBe(true);
  });

  it("is not a file made of it that lies in its folder", async () => {
    expect((await run("convert", "tiny", "-o", "tiny")).code).toBe(0);
    expect((await run("convert", "tiny", "-o", "tiny", "--force")).code).toBe(0);
  });
});
