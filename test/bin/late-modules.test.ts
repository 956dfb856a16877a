// What is slow to load is loaded only by those who need it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const home = new Home();
const folder = mkdtempSync(join(tmpdir(), "oslm-loaded-"));
afterAll(() => {
  home.remove();
  rmSync(folder, { recursive: true });
});

const log = join(folder, "log");
// Writes down the address of every module that is asked for.
writeFileSync(
  join(folder, "hook.mjs"),
  `import { register } from "node:module";
   const source = ${JSON.stringify(`import { appendFileSync } from "node:fs";
   export async function resolve(specifier, context, next) {
     const found = await next(specifier, context);
     appendFileSync(${JSON.stringify(log)}, found.url + "\\n");
     return found;
   }`)};
   register("data:text/javascript," + encodeURIComponent(source));`,
);
const env = { NODE_OPTIONS: `--import=file://${join(folder, "hook.mjs")}` };
const SCREEN = /screen\.mjs/;

it("answers a prompt, and chats by lines, without the screen of a chat", async () => {
  expect((await home.run(["run", "demo", "Hi", "-n", "2"], { env })).code).toBe(0);
  const plain = await inTerminal(home, ["run", "demo", "--plain"], [[/> $/, "\u0004"]], { env });
  expect(plain.code).toBe(0);
  const loaded = readFileSync(log, "utf8");
  expect(loaded).toMatch(/parts\/worker\.js/);
  expect(loaded).not.toMatch(SCREEN);
  expect(loaded).not.toMatch(/node_modules\/(ink|react|marked|highlight)/);
});

it("loads it for a chat on a terminal", async () => {
  const chat = await inTerminal(home, ["run", "demo"], [["context 2,048", "\u0004"]], { env });
  expect([chat.code, readFileSync(log, "utf8")]).toEqual([0, expect.stringMatching(SCREEN)]);
});

/** Writes down every CommonJS module that was loaded. */
function loadedInto(files: string): Readonly<Record<string, string>> {
  const hook = `${files}.cjs`;
  writeFileSync(
    hook,
    `const Module = require("node:module");
     const { writeFileSync } = require("node:fs");
     process.on("exit", () => writeFileSync(${JSON.stringify(files)}, Object.keys(Module._cache).join("\\n"), { flag: "a" }));`,
  );
  return { NODE_OPTIONS: `--require=${hook}` };
}

it("checks a catalog of one's own without what makes checks of schemas", async () => {
  const files = join(folder, "catalog");
  const size = { size: "1b", params: 1e9, context: 1024, original: "org/house", license: { id: "mit" } };
  const family = { name: "house", title: "House", modality: "text", defaultSize: "1b", sizes: [size] };
  writeFileSync(join(folder, "team.json"), JSON.stringify({ families: [family] }));
  writeFileSync(join(folder, "oslm.yaml"), "catalog: team.json\n");
  const { code } = await home.run(["catalog", "house"], { cwd: folder, env: loadedInto(files) });
  const loaded = readFileSync(files, "utf8");
  expect([code, loaded]).toEqual([0, expect.stringMatching(/parts\/load-overlays/)]);
  expect(loaded).not.toMatch(/ajv\/dist\/(ajv|core|compile)/);
});

it("pulls a GGUF file without what converts checkpoints", async () => {
  const files = join(folder, "files");
  const hub = await startFakeHub({ repos: [{ id: "org/free", files: { "m-Q4_K_M.gguf": tinyGguf() } }] });
  const pulled = await home.run(["pull", "org/free", "--accept-license", "unknown"], {
    env: { HF_ENDPOINT: hub.endpoint, ...loadedInto(files) },
  });
  await hub.close();
  expect(pulled.code).toBe(0);
  const loaded = readFileSync(files, "utf8");
  expect(loaded).toMatch(/parts\/pull-model/);
  expect(loaded).not.toMatch(/pull-checkpoint|node_modules\/(yaml|@bufbuild|koffi)/);
});
