// A repository where one upload is broken, and one of an architecture that the engine does not know: told before any weight is fetched.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { runnable } from "../support/runnable.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const SOUND = writeGguf(runnable("llama"));
const of = (size: number, head = SOUND) => ({ head, size });
/** Longer than the first kilobytes: what is cut off at its end only the offsets tell. */
const padding = { "tokenizer.ggml.padding": Array.from({ length: 20_000 }, (_, index) => `token ${index}`) };
const BIG = writeGguf({ ...runnable("llama"), metadata: { ...runnable("llama").metadata, ...padding } });
const page = Buffer.from("<!doctype html><title>Not here</title>");
const keys = Object.entries(runnable("llama").metadata);
const renamed = keys.map(([key, value]) => [key.replace("llama.", "quasar9."), value] as const);
/** Of an architecture that nobody knows, with its shape where others have it. */
const shaped = writeGguf({ metadata: { ...Object.fromEntries(renamed), "general.architecture": "quasar9" } });
/** And one whose keys have other names. */
const strange = tinyGguf({ "general.architecture": "quasar9" });

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const card = { license: "mit" };
  const sound = { "m-Q4_K_M.gguf": SOUND, "m-Q8_0.gguf": of(SOUND.length + 4096) };
  hub = await startFakeHub({
    repos: [
      { id: "org/smallest", files: { ...sound, "m-Q2_K.gguf": of(SOUND.length - 4096, page) }, card },
      { id: "org/best", files: { "m-Q4_K_M.gguf": SOUND, "m-Q8_0.gguf": of(SOUND.length + 4096, page) }, card },
      {
        id: "org/cut",
        files: { "m-F16.gguf": BIG.subarray(0, BIG.length - 9999), "m-F32.gguf": Buffer.concat([BIG, page]) },
        card,
      },
      { id: "org/short", files: { "m-F16.gguf": BIG.subarray(0, -9999), "m-F32.gguf": page }, card },
      { id: "org/all", files: { "m-Q2_K.gguf": page, "m-Q4_K_M.gguf": Buffer.concat([page, page]) }, card },
      { id: "org/unread", files: { "m-Q4_K_M.gguf": strange }, card },
      { id: "org/strange", files: { "m-Q4_K_M.gguf": shaped, "m-Q8_0.gguf": Buffer.concat([shaped, page]) }, card },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});
beforeEach(() => {
  hub.requests.length = 0;
});

interface Row {
  readonly quant: string;
  readonly fits: boolean;
  readonly reason: string;
}
async function weigh(...args: string[]) {
  const { code, stdout, stderr } = await home.run(["fit", ...args, "--ram", "8GB", "--vram", "0", "--json"]);
  const report = code === 0 ? (JSON.parse(stdout) as { variants: Row[]; choice: string | null }) : undefined;
  return {
    code,
    stderr,
    choice: report?.choice,
    row: (quant: string) => report?.variants.find((row) => row.quant === quant),
  };
}
const fetched = () => hub.requests.filter(({ host, headers }) => host === "cdn" && headers.range === undefined);

it("a broken header that is not the pick's decides nothing", async () => {
  const { code, choice, row } = await weigh("org/smallest");
  expect([code, choice, row("Q4_K_M")?.fits]).toEqual([0, "Q8_0", true]);
});

it("a broken variant is refused when it is asked for, and no other header is read for it", async () => {
  for (const verb of ["fit", "pull"]) {
    hub.requests.length = 0;
    const { code, stderr } = await home.run([verb, "org/smallest:Q2_K"]);
    expect([code, stderr]).toEqual([8, expect.stringContaining("the file is a web page, not a model")]);
    const headers = hub.requests.filter(({ path }) => path.includes("/resolve/")).map(({ path }) => path);
    expect(new Set(headers)).toEqual(new Set([expect.stringMatching(/m-Q2_K\.gguf$/)]));
  }
});

it("fit and pull pass over what they would have chosen, and say so", async () => {
  const { choice, row } = await weigh("org/best");
  expect([choice, row("Q8_0")?.reason]).toEqual(["Q4_K_M", "header: the file is a web page, not a model"]);
  const { code, stdout, stderr } = await home.run(["pull", "org/best"]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/m-Q4_K_M\.gguf\n$/)]);
  expect(stderr).toContain("m-Q8_0.gguf is passed over, its header is broken: the file is a web page, not a model");
});

it("an upload that was cut short is found before its weights are fetched", async () => {
  const asked = await home.run(["pull", "org/cut:F16"]);
  expect([asked.code, asked.stderr]).toEqual([8, expect.stringMatching(/needs bytes \d+\.\.\d+ but the file has/)]);
  expect(asked.stderr).toContain("Try: oslm fit org/cut");
  expect(fetched()).toEqual([]);
  const { code, stdout, stderr } = await home.run(["pull", "org/cut"]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/m-F32\.gguf\n$/)]);
  expect(stderr).toContain("m-F16.gguf is passed over");
});

it("where the last that is left was cut short, that is told", async () => {
  const { code, stdout, stderr } = await home.run(["pull", "org/short"]);
  expect([code, stdout, stderr]).toEqual([8, "", expect.stringMatching(/needs bytes .*\nTry: check where/)]);
});

it("where every header is broken the first is told", async () => {
  const { code, stderr } = await weigh("org/all");
  expect([code, stderr]).toEqual([8, expect.stringContaining("m-Q4_K_M.gguf")]);
});

it("an architecture that the engine does not know is told before the download", async () => {
  for (const repo of ["org/strange", "org/unread"]) {
    const { code, stdout, stderr } = await home.run(["pull", repo]);
    expect([code, stdout]).toEqual([9, ""]);
    expect(stderr).toMatch(/has an architecture that the engine does not know: "quasar9"\n {2}llama\.cpp v\d/);
    expect(stderr).toContain("Try: oslm recommend   (models that it knows)");
    expect(fetched()).toEqual([]);
  }
});

it("fit shows it as the reason", async () => {
  const { code, choice, row } = await weigh("org/strange");
  expect([code, choice]).toEqual([0, null]);
  for (const quant of ["Q4_K_M", "Q8_0"]) {
    expect(row(quant)).toMatchObject({ fits: false, reason: expect.stringContaining('the architecture "quasar9"') });
  }
  expect((await weigh("org/unread")).code).toBe(9);
  const path = join(home.path, "strange.gguf");
  writeFileSync(path, shaped);
  for (const model of ["org/strange", path]) {
    const words = (await inTerminal(home, ["fit", model], [], { columns: 200 })).text.replace(/\s+/g, " ");
    expect(words).toMatch(/Nothing here can be loaded: .* "quasar9"\. Try: oslm recommend( |$)/);
    expect(words).not.toContain("Nothing fits");
  }
});

it("a pull by force fetches it, with a warning, and does not offer to run it", async () => {
  const { code, stdout, stderr } = await home.run(["pull", "org/strange:Q4_K_M", "--force"]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/\.gguf\n$/)]);
  expect(stderr).toMatch(/warning: llama\.cpp v.* not know the architecture "quasar9": it is pulled all the same/);
  expect(stderr).not.toContain("oslm run");
});

it("a run by force fetches nothing of it", async () => {
  const fresh = new Home({ HF_ENDPOINT: hub.endpoint });
  const { code, stderr } = await fresh.run(["run", "org/strange", "hi", "--force"]);
  expect([code, fetched()]).toEqual([9, []]);
  expect(stderr).not.toContain("--force");
  fresh.remove();
});

it("a file of such an architecture never reaches the engine, and no force is offered", async () => {
  const path = join(home.path, "strange model.gguf");
  writeFileSync(path, shaped);
  expect((await weigh(path)).row("unknown")).toMatchObject({ fits: false, reason: expect.stringContaining("quasar9") });
  for (const force of [[], ["--force"]]) {
    const { code, stderr } = await home.run(["run", path, "hi", ...force]);
    expect([code, stderr]).toEqual([9, expect.stringContaining("has an architecture that the engine does not know")]);
    expect(stderr).not.toContain("--force");
  }
});

it("a missing quantization or size leads to the nearest, by the command that was asked", async () => {
  for (const verb of ["fit", "pull"]) {
    const quant = await home.run([verb, "org/smallest:Q5_K_S"]);
    expect([quant.code, quant.stderr]).toEqual([3, expect.stringContaining(`Try: oslm ${verb} org/smallest:Q4_K_M\n`)]);
    const size = await home.run([verb, "qwen2:99b"]);
    expect([size.code, size.stderr]).toEqual([3, expect.stringContaining(`Try: oslm ${verb} qwen2:72b\n`)]);
  }
  const offline = await home.run(["fit", "org/smallest", "--offline"]);
  expect([offline.code, offline.stderr]).toEqual([
    7,
    expect.stringContaining("Try: run the same command once without"),
  ]);
});

it("on a terminal no word of a notice or an error is broken, and what can be pasted stays whole", async () => {
  const { text } = await inTerminal(home, ["pull", "org/smallest:Q5_K_S"], [], { columns: 30, env: { NO_COLOR: "1" } });
  expect(text).toMatch(
    /^oslm: org\/smallest has no\n {2}quantization Q5_K_S\n {2}It offers Q2_K, Q4_K_M,\n {2}Q8_0\.$/m,
  );
  expect(text).toContain("Try: oslm pull org/smallest:Q4_K_M");
  const { text: pulled } = await inTerminal(home, ["pull", "org/best:Q4_K_M"], [], {
    columns: 40,
    env: { NO_COLOR: "1" },
  });
  expect(pulled).toMatch(/^license mit \(permissive\): MIT License is\n {2}permissive: keep its notices\.$/m);
});
