// oslm license MODEL --text: the texts behind a verdict.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
const files = { "m-Q4_K_M.gguf": tinyGguf() };
const LLAMA = TEXTS["llama3.1"] ?? "";
/** Escape sequences, a bidirectional override, Windows line ends, and no newline at its end. */
const HOSTILE = `${TEXTS.mit}\u001b[2J\u001b]0;owned\u0007a\u202eb\r\nthe end`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

beforeAll(async () => {
  hub = await startFakeHub({
    repos: [
      { id: "org/free", files: { ...files, LICENSE: Buffer.from(HOSTILE) }, card: { license: "mit" } },
      {
        id: "org/m",
        files: { ...files, "LICENSE.md": Buffer.from("Apache 2.0") },
        card: { license: "apache-2.0", base_model: "meta/Llama" },
      },
      { id: "meta/Llama", files: { LICENSE: Buffer.from(LLAMA) }, card: { license: "llama3.1" } },
      { id: "org/bare", files, card: { license: "apache-2.0" } },
      { id: "org/own", files, card: { license: "other", license_name: "house-rules" } },
      { id: "org/long", files: { ...files, LICENSE: Buffer.alloc(300_000, "MIT ") }, card: { license: "mit" } },
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

const text = (...args: string[]) => home.run(["license", ...args, "--text"]);

it("gives a single text alone and untouched to a pipe, and again without a request", async () => {
  expect(await text("org/free")).toEqual({ code: 0, stdout: HOSTILE, stderr: "" });
  const asked = hub.requests.length;
  expect(await text("org/free", "--offline")).toEqual({ code: 0, stdout: HOSTILE, stderr: "" });
  expect(hub.requests.length).toBe(asked);
  expect(hub.requests.filter(({ host }) => host === "cdn")).toEqual([]);
});

it("lets no text steer the terminal", async () => {
  const { code, raw, text: shown } = await inTerminal(home, ["license", "org/free", "--text"]);
  expect(code).toBe(0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for exactly that
  expect(raw).not.toMatch(/\u001b\[2J|\u001b\]|\u0007|\u202e/);
  expect(shown).toContain("ab\nthe end\n");
});

it("names each of several texts, and keeps the exit code of the verdict", async () => {
  const { code, stdout, stderr } = await text("org/m");
  const { commit, evidence } = JSON.parse((await home.run(["license", "org/m", "--json"])).stdout);
  expect(code).toBe(5);
  expect(stderr).toContain("has a license that you must accept first");
  const own = `==> LICENSE.md (commit ${commit}, sha256 ${sha256("Apache 2.0")}) <==\nApache 2.0\n`;
  expect(stdout.startsWith(`${own}\n==> meta/Llama: LICENSE (commit `)).toBe(true);
  expect(stdout.endsWith(`, sha256 ${sha256(LLAMA)}) <==\n${LLAMA}\n`)).toBe(true);

  const document = JSON.parse((await home.run(["license", "org/m", "--text", "--json"])).stdout);
  expect(document.id).toBe("llama3.1");
  expect(document.texts).toEqual([
    { source: "LICENSE.md", repo: "org/m", commit, sha256: sha256("Apache 2.0"), text: "Apache 2.0" },
    {
      ...{ source: "meta/Llama: LICENSE", repo: "meta/Llama", commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
      ...{ sha256: sha256(LLAMA), text: LLAMA },
    },
  ]);
  // As the verdict names them.
  const sources = evidence.map(({ source }: { source: string }) => source);
  for (const { source } of document.texts) expect(sources).toContain(source);
  const { stdout: only } = await home.run(["license", "org/m", "--text", "--json=texts"]);
  expect(JSON.parse(only)).toEqual({ texts: document.texts });
});

it("says where to read a license of which there is no text", async () => {
  expect(await text("org/bare")).toEqual({
    ...{ code: 0, stdout: "" },
    stderr:
      "warning: no license text was found with org/bare; its license is Apache License 2.0 (apache-2.0): https://www.apache.org/licenses/LICENSE-2.0\n",
  });
  const own = await text("org/own");
  expect([own.code, own.stdout]).toEqual([5, ""]);
  expect(own.stderr).toContain(`(house-rules): ${hub.endpoint}/org/own/tree/`);
  const long = await text("org/long");
  expect([long.code, long.stdout]).toEqual([5, ""]);
  expect(long.stderr).toContain("LICENSE is a license text that could not be read");
});

it("knows of no text behind a file's header", async () => {
  const path = join(home.path, "m.gguf");
  writeFileSync(path, tinyGguf({ "general.license": "mit" }));
  const { code, stdout, stderr } = await text(path);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("no license text was found with");
  expect(JSON.parse((await home.run(["license", path, "--text", "--json"])).stdout).texts).toEqual([]);
});

it("tells who is asked for consent how to read the text here, where there is one", async () => {
  const asked = (model: string) =>
    inTerminal(home, ["pull", model], [["[y/N]", "n\r"]], { columns: 400 }).then(({ text: shown }) => shown);
  expect(await asked("org/m")).toContain("or here: oslm license org/m --text\n");
  expect(await asked("org/own")).not.toContain("--text");
});
