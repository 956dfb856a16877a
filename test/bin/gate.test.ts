// The gate before a model that is here: every verb that loads one stops where `oslm license` says that it would, whoever put it here.
import { cpSync, linkSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterFor } from "../support/adapter.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { startPlainServer } from "../support/plain-server.js";
import { inTerminal } from "../support/pty.js";
import { wideModel } from "../support/wide-model.js";

/** Its header says mit. */
const BODY = writeGguf(wideModel("F16", 1));
const LLAMA = "bartowski/Llama-3.2-3B-Instruct-GGUF";
const NC = "cc-by-nc-4.0";

let hub: FakeHub;
let home: Home;
const at = (...names: string[]) => join(home.path, ...names);
let path = "";
let free = "";

/** With oslm's own state in a folder of that name. */
const oslm = (state: string, args: readonly string[], more: { env?: Record<string, string>; stdin?: string } = {}) =>
  home.run(args, { cwd: home.path, stdin: more.stdin ?? "a\n", env: { OSLM_HOME: at(state), ...more.env } });

beforeAll(async () => {
  const files = { "m-F16.gguf": BODY };
  hub = await startFakeHub({
    repos: [
      { id: "org/nc", files, card: { license: NC, base_model: "org/base" } },
      { id: "org/base", files: {}, card: { license: NC } },
      { id: "org/silent", files: { "m-F16.gguf": writeGguf(wideModel("F16", 2)) } },
      { id: "org/free", files: { "free-F16.gguf": writeGguf(wideModel("F16", 3)) }, card: { license: "mit" } },
      {
        id: LLAMA,
        files: { "Llama-3.2-3B-Instruct-F16.gguf": writeGguf(wideModel("F16", 4)) },
        card: { license: "llama3.2" },
      },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  writeFileSync(at("small.gguf"), writeGguf(wideModel("F32", 1)));
  writeFileSync(at("adapter.gguf"), writeGguf(await adapterFor(at("small.gguf"))));
  writeFileSync(at("deny.yaml"), "license: {deny: [non-commercial]}\n");
  writeFileSync(at("batch.jsonl"), '{"id":"1","prompt":"a","options":{"maxTokens":1}}\n');
  // Whoever else uses this cache.
  const env = { OSLM_ACCEPT_LICENSE: `${NC},unknown,llama3.2` };
  path = (await oslm("theirs", ["pull", "org/nc:F16"], { env })).stdout.trim();
  for (const repo of ["org/silent:F16", `${LLAMA}:F16`]) await oslm("theirs", ["pull", repo], { env });
  free = (await oslm("theirs", ["pull", "org/free:F16"])).stdout.trim();
  await oslm("theirs", ["run", "org/nc", "a", "-n", "1", "--receipt", "receipt.json"]);
  // What the card says was seen, and not accepted.
  await oslm("seen", ["license", "org/nc"]);
  mkdirSync(at("unseen"));
  await oslm("adopted", ["doctor", "--repair"]);
  cpSync(at("theirs"), at("revoked"), { recursive: true });
  await oslm("revoked", ["license", "revoke", NC, "--yes"]);
}, 120_000);
afterAll(async () => {
  await hub.close();
  home.remove();
});

const VERBS: readonly (readonly [verb: string, ...args: string[]])[] = [
  ["run", "run", "org/nc", "a", "-n", "1"],
  ["run FILE", "run", "FILE", "a", "-n", "1"],
  ["run --draft", "run", "small.gguf", "a", "-n", "1", "--draft", "org/nc"],
  ["complete", "complete", "org/nc", "a", "-n", "1"],
  ["chat", "chat", "org/nc", "-n", "1"],
  ["batch", "batch", "org/nc", "batch.jsonl"],
  ["embed", "embed", "org/nc"],
  ["replay", "replay", "receipt.json"],
  ["quantize", "quantize", "org/nc", "Q4_K_M", "-o", "q.gguf", "--force"],
  ["quantize --compare", "quantize", "--compare", "org/nc", "small.gguf"],
  ["merge", "merge", "org/nc", "adapter.gguf", "-o", "merged.gguf", "--force"],
];
/** What was never recorded these take for a model that is not here, as long as the Hub could be asked. */
const ONLY_STORED = ["replay", "quantize", "quantize --compare", "merge"];

interface State {
  readonly state: string;
  readonly code: number;
  readonly says: RegExp;
  readonly flags?: readonly string[];
}
const STATES: readonly State[] = [
  { state: "theirs", code: 0, says: /^/ },
  { state: "theirs", code: 5, says: /deny class non-commercial/, flags: ["--policy", "deny.yaml"] },
  { state: "seen", code: 5, says: /must accept first: Creative Commons/ },
  { state: "unseen", code: 5, says: /must accept first: / },
  { state: "adopted", code: 5, says: /must accept first: / },
  { state: "revoked", code: 5, says: /must accept first: Creative Commons/ },
];

let fresh = 0;
describe.each(STATES)("$state: exit $code", ({ state, code, says, flags = [] }) => {
  describe.each([{ offline: [] }, { offline: ["--offline"] }])("$offline", ({ offline }) => {
    it.each(VERBS)("%s", async (verb, ...args) => {
      // Whoever uses a cached model records it: each verb comes first.
      const own = `state-${fresh++}`;
      cpSync(at(state), at(own), { recursive: true });
      const words = args.map((word) => (word === "FILE" ? path : word));
      const result = await oslm(own, [...words, ...flags, ...offline]);
      const isNotHere = ["seen", "unseen"].includes(state) && offline.length === 0 && ONLY_STORED.includes(verb);
      expect([result.code, result.stderr]).toEqual([
        isNotHere ? 3 : code,
        expect.stringMatching(isNotHere ? /^/ : says),
      ]);
      if (code !== 0) expect(result.stdout).toBe("");
    });
  });
});

const stopped = (id: string) => [5, expect.stringContaining(`--accept-license ${id}`)];
const outcome = async (...given: Parameters<typeof oslm>) => {
  const { code, stderr } = await oslm(...given);
  return [code, stderr];
};

describe("what another program has put into the cache", () => {
  it("asks offline and ever after, by kept evidence, and is listed under its license", async () => {
    cpSync(at("seen"), at("again"), { recursive: true });
    for (const flags of [[], ["--offline"], [], ["--offline", "--no-input"]]) {
      expect(await outcome("again", ["run", "org/nc", "a", ...flags])).toEqual(stopped(NC));
    }
    expect(await outcome("again", ["run", "org/nc", "a"], { env: { HF_HUB_OFFLINE: "1", CI: "1" } })).toEqual(
      stopped(NC),
    );
    expect((await oslm("again", ["list"])).stdout).toContain(NC);
    expect((await oslm("again", ["license", "org/nc", "--offline"])).code).toBe(5);
    expect((await oslm("again", ["run", "org/nc", "a", "-n", "1", "--offline", "--accept-license", NC])).code).toBe(0);
    expect((await oslm("again", ["run", "org/nc", "a", "-n", "1"])).code).toBe(0);
  });

  it("says what is not known, and where it read what it knows", async () => {
    expect((await oslm("blind", ["license", "org/nc", "--offline"])).stdout).toContain("gguf.general.license");
    const [code, stderr] = await outcome("blind", ["run", "org/nc", "a", "--offline", "--policy", "deny.yaml"]);
    expect([code, stderr]).toEqual([
      5,
      expect.stringContaining("what the repository's card says is not known offline"),
    ]);
    expect(stderr).toContain("Seen in gguf.general.license (mit)");
    expect((await oslm("blind", ["run", "org/nc", "a", "-n", "1", "--offline", "--accept-license", "mit"])).code).toBe(
      0,
    );
    // The Hub knows better; what was accepted was another license.
    expect(await outcome("blind", ["run", "org/nc", "a"])).toEqual(stopped(NC));
    expect((await oslm("blind", ["list"])).stdout).toContain(NC);
  });

  it("is held to what the catalog expects", async () => {
    expect(await outcome("named", ["run", "llama3.2:3b", "a", "--offline"])).toEqual(stopped("llama3.2"));
    expect(await outcome("named", ["run", LLAMA, "a", "--offline"])).toEqual(stopped("llama3.2"));
  });

  it("needs no word once the Hub has said that it is free", async () => {
    expect(await outcome("freed", ["run", "org/free", "a", "--offline"])).toEqual(stopped("mit"));
    expect((await oslm("freed", ["run", "org/free", "a", "-n", "1"])).code).toBe(0);
    expect((await oslm("freed", ["run", "org/free", "a", "-n", "1", "--offline"])).code).toBe(0);
  });
});

describe("a list of models that was made anew", () => {
  it("invents no acceptance, and says what no license means", async () => {
    const [code, stderr] = await outcome("adopted", ["run", "org/silent", "a"]);
    expect([code, stderr]).toEqual(stopped("unknown"));
    expect(stderr).toMatch(
      /org\/silent\S* has no license: .*\n.*nothing permits its use: all rights are reserved unless/,
    );
  });

  it("loses none either", async () => {
    cpSync(at("theirs"), at("anew"), { recursive: true });
    for (const name of ["index.json", "index.json.bak"]) rmSync(at("anew", "state", name), { force: true });
    await oslm("anew", ["doctor", "--repair"]);
    expect((await oslm("anew", ["run", "org/nc", "a", "-n", "1", "--offline"])).code).toBe(0);
    expect((await oslm("anew", ["run", "org/silent", "a", "-n", "1"])).code).toBe(0);
  });
});

describe("a license that is known", () => {
  const denied = async (...args: string[]) => (await oslm("theirs", [...args, "a", "--policy", "deny.yaml"])).code;
  const idOf = async (name: string) => {
    const { stdout } = await oslm("theirs", ["license", name, "--json=id"]);
    return (JSON.parse(stdout) as { id: string }).id;
  };

  it("stays with a quantized file", async () => {
    const flags = ["Q4_K_M", "-o", "nc-q4.gguf"];
    expect((await oslm("theirs", ["quantize", "org/nc", ...flags])).code).toBe(0);
    expect([await idOf("./nc-q4.gguf"), await denied("run", "./nc-q4.gguf")]).toEqual([NC, 5]);
    expect(readFileSync(at("nc-q4.gguf")).includes("https://huggingface.co/org/base")).toBe(true);
    // And with its own quantization; what said the same before is as it was.
    await oslm("theirs", ["quantize", "./nc-q4.gguf", "Q4_0", "--allow-requantize", "-o", "nc-q40.gguf"]);
    expect(await idOf("./nc-q40.gguf")).toBe(NC);
    await oslm("theirs", ["quantize", free, "Q4_K_M", "-o", "free-q4.gguf"]);
    expect(await idOf("./free-q4.gguf")).toBe("mit");
  });

  it("stays with a merged file", async () => {
    expect((await oslm("theirs", ["merge", "org/nc", "adapter.gguf", "-o", "nc-merged.gguf"])).code).toBe(0);
    expect([await idOf("./nc-merged.gguf"), await denied("run", "./nc-merged.gguf")]).toEqual([`${NC} AND unknown`, 5]);
  });

  it("stays with what was imported when the model itself is removed", async () => {
    const env = { HF_HOME: at("elsewhere"), OSLM_ACCEPT_LICENSE: NC };
    const { stdout } = await oslm("removing", ["pull", "org/nc:F16"], { env });
    await oslm("removing", ["import", stdout.trim(), "--copy", "--name", "kept"], { env });
    expect((await oslm("removing", ["rm", "org/nc", "--yes"], { env })).code).toBe(0);
    const gated = await oslm("removing", ["run", "kept", "a", "--policy", "deny.yaml"], { env });
    expect([gated.code, gated.stderr]).toEqual([5, expect.stringContaining("deny class non-commercial")]);
    expect((await oslm("removing", ["license", "kept"], { env })).stdout).toMatch(
      /cc-by-nc-4\.0.*record|record.*cc-by-nc-4\.0/s,
    );
  });

  it("stays with the file by whichever name it is run or imported", async () => {
    symlinkSync(path, at("symbolic.gguf"));
    linkSync(realpathSync(path), at("hard.gguf"));
    cpSync(path, at("copy.gguf"));
    for (const name of ["symbolic", "hard"]) expect(await denied("run", `./${name}.gguf`)).toBe(5);
    cpSync(at("theirs"), at("importing"), { recursive: true });
    for (const [name, file, ...how] of [
      ["one", path],
      ["two", "./copy.gguf"],
      ["three", "./hard.gguf", "--copy"],
    ] as const) {
      const { stdout } = await oslm("importing", ["import", file, "--name", name, "--json", ...how]);
      expect(JSON.parse(stdout)).toMatchObject({ license: { id: NC } });
    }
    await oslm("importing", ["cp", "org/nc", "four"]);
    const codes = async () =>
      Promise.all(
        ["two", "three"].map(
          async (name) => (await oslm("importing", ["run", name, "a", "--policy", "deny.yaml"])).code,
        ),
      );
    for (const name of ["one", "four"])
      expect((await oslm("importing", ["run", name, "a", "--policy", "deny.yaml"])).code).toBe(5);
    expect(await codes()).toEqual([5, 5]);
  });
});

describe("oslm license and oslm run", () => {
  it("are of one mind when the Hub fails, and a person may be asked again", async () => {
    cpSync(at("theirs"), at("failing"), { recursive: true });
    for (const status of [500, 503]) {
      const server = await startPlainServer(({ response }) => response.writeHead(status).end());
      const env = { HF_ENDPOINT: new URL(server.url).origin };
      expect((await oslm("failing", ["license", "org/nc"], { env })).code).toBe(0);
      expect((await oslm("failing", ["run", "org/nc", "a", "-n", "1"], { env })).code).toBe(0);
      await server.close();
    }
    await oslm("failing", ["license", "revoke", NC, "--yes"]);
    const asked = [[`Accept ${NC}? [y/N]`, "y\r"]] as const;
    const env = { OSLM_HOME: at("failing") };
    const yes = await inTerminal(home, ["run", "org/nc", "a", "-n", "1"], asked, { env });
    expect(yes.code).toBe(0);
    expect((await oslm("failing", ["run", "org/nc", "a", "-n", "1"])).code).toBe(0);
  });
});
