// Bundles the program into dist/: `npm run build` runs it after tsc has checked the types.
//
// Node takes a millisecond for each module that it loads, and another 8 ms for its loader of ES modules: oslm is a few
// CommonJS files, of which `oslm list` loads three. Of the packages that npm installs it holds commander, which each start
// needs, and the classes of node-llama-cpp, whose 300 modules take 300 ms; the others stay where they are.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import { default as standalone } from "ajv/dist/standalone/index.js";
import { build } from "rolldown";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SRC = join(ROOT, "src");

/** What each start and `list` need, and what help about all commands needs besides; the dots are separators of any system. */
const GROUPS = [
  { name: "start", test: /src.(cli.(program|commands.list)|app.list|store.store)\.ts$/, priority: 2 },
  { name: "commands", test: /src.cli.commands./, priority: 1 },
];

/** What lies beside the code: data, and the mark of CommonJS. */
const besides = {
  name: "besides",
  generateBundle() {
    const data = readdirSync(SRC, { recursive: true }).filter((file) => file.endsWith(".json"));
    for (const file of data) {
      this.emitFile({ type: "asset", fileName: `parts/${basename(file)}`, source: readFileSync(join(SRC, file)) });
    }
    this.emitFile({ type: "asset", fileName: "package.json", source: '{ "type": "commonjs" }\n' });
  },
};

/** The version is known by now: a look into package.json takes longer than all that asks for it. */
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const knownVersion = {
  name: "known-version",
  load: (id) => (id === join(SRC, "cli", "version.ts") ? `export const version = ${JSON.stringify(version)};` : null),
};

/** The check of a catalog as ajv writes it down, in place of ajv. */
const catalogValidator = {
  name: "validate-catalog",
  load(id) {
    if (id !== join(SRC, "app", "names", "validate-catalog.ts")) return null;
    const ajv = new Ajv({ strict: false, code: { source: true } });
    ajv.addSchema(JSON.parse(readFileSync(join(SRC, "catalog", "catalog.schema.json"), "utf8")), "catalog");
    return { code: standalone.default(ajv, { validateCatalog: "catalog" }), moduleType: "js" };
  },
};

/** The screens of a chat and of a model card are ES modules, as Ink and marked are, and lie beside the other parts. */
const SCREENS = { screen: "ui/chat/screen/screen", card: "ui/chat/screen/card-lines" };
const screenBeside = {
  name: "screen-beside",
  resolveId(id) {
    const [name] = Object.entries(SCREENS).find(([, path]) => id.endsWith(`${path}.js`)) ?? [];
    return name === undefined ? null : { id: `./${name}.mjs`, external: true };
  },
};

/** commander, which each start needs, what a run needs, and the engine with all that it needs. */
const isBundled = (id, importer) =>
  ["commander", "cli-progress"].includes(id) || importer.endsWith("node-llama.ts") || importer.includes("node_modules");
const isPackage = (id) => /^[^./\0]/.test(id) && !isAbsolute(id);

/** No command of oslm is a program of its own: for these alone commander loads a slow module of Node's. */
const NOTHING = "\0nothing.cjs";
const isForPrograms = (id, importer) => id === "node:child_process" && importer.includes("commander");
const noPrograms = {
  name: "no-programs",
  resolveId: (id, importer = "") => (isForPrograms(id, importer) ? NOTHING : null),
  load: (id) => (id === NOTHING ? "module.exports = {};" : null),
};

/**
 * The doors from node-llama-cpp's classes to what compiles and downloads llama.cpp, to its chats and its JSON grammars: oslm opens none of
 * them, and behind them lie two thirds of the package. Each of these modules exports its own name, which is `undefined` then.
 */
const DOORS = [
  "getLlamaWithoutBackend",
  "getLlamaClasses",
  "getGrammarsFolder",
  "LlamaDecisionContext",
  "LlamaJsonSchemaGrammar",
];
const ENTRIES = [
  "bindings/Llama.js",
  "evaluator/LlamaModel/LlamaModel.js",
  "evaluator/LlamaContext/LlamaContext.js",
  "evaluator/LlamaGrammarEvaluationState.js",
  "gguf/insights/GgufInsights.js",
];
const NO_DOOR = "\0no-door:";
const LIBRARY = "\0library.js";
const onlyTheEngine = {
  name: "only-the-engine",
  resolveId(id, importer = "") {
    if (importer.endsWith("node-llama.ts")) return LIBRARY;
    const door = DOORS.find((name) => id.endsWith(`/${name}.js`));
    return door === undefined ? null : NO_DOOR + door;
  },
  load(id) {
    if (id.startsWith(NO_DOOR)) return `export const ${id.slice(NO_DOOR.length)} = undefined;`;
    if (id !== LIBRARY) return null;
    const dist = import.meta.resolve("node-llama-cpp");
    return ENTRIES.map((file) => `export * from ${JSON.stringify(fileURLToPath(new URL(file, dist)))};`).join("\n");
  },
  generateBundle() {
    const met = new Set(this.getModuleIds());
    const gone = met.has(LIBRARY) ? DOORS.filter((name) => !met.has(NO_DOOR + name)) : [];
    if (gone.length > 0) throw new Error(`node-llama-cpp imports no ${gone.join(", ")} any more: see DOORS`);
  },
};

/** The licenses of the packages that a bundle holds copies of go with it. */
const licensesOf = (name) => ({
  name: "licenses",
  generateBundle() {
    const folders = [...this.getModuleIds()].map((id) => /^.*node_modules.(?:@[^/\\]+.)?[^/\\]+/.exec(id)?.[0]);
    const texts = [...new Set(folders.filter(Boolean))].sort().map((folder) => {
      const {
        name: own,
        version: itsVersion,
        license,
      } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
      return `${own} ${itsVersion} (${license})\n\n${text}\n`;
    });
    this.emitFile({ type: "asset", fileName: `parts/${name}-LICENSES`, source: texts.join(`\n${"-".repeat(72)}\n\n`) });
  },
});

/**
 * Writes each module of `input`, by name, with all it needs into `parts/` of a folder: one as deep below the package as the
 * rooms in src, so that paths to its other files hold for both. Only `main` lies in the folder itself.
 */
export async function bundle(input, folder) {
  await build({
    input,
    cwd: ROOT,
    platform: "node",
    external: (id, importer = "") =>
      isBuiltin(id) ? !isForPrograms(id, importer) : isPackage(id) && !isBundled(id, importer),
    // What is imported late in one place and at once in another is meant so.
    checks: { ineffectiveDynamicImport: false },
    logLevel: "warn",
    transform: { target: "node20" },
    plugins: [noPrograms, knownVersion, catalogValidator, screenBeside, onlyTheEngine, besides, licensesOf("main")],
    output: {
      dir: folder,
      format: "cjs",
      // Less to read at each start; names stay, and stack traces with them.
      comments: false,
      entryFileNames: ({ name }) => (name === "main" ? "main.js" : "parts/[name].js"),
      chunkFileNames: "parts/[name].js",
      codeSplitting: { groups: GROUPS },
    },
  });
}

/**
 * React's developer tools, which Ink would load, are not installed. Whether anything may be redrawn is for ui/terminal.ts to
 * decide; Ink's own guess takes any variable that begins with CI_ for a machine without a person.
 */
const NEVER = "\0never.js";
const plainInk = {
  name: "plain-ink",
  resolveId(id, importer = "") {
    if (id.endsWith("/devtools.js") && importer.includes("ink")) return NOTHING;
    return id === "is-in-ci" ? NEVER : null;
  },
  load: (id) => (id === NOTHING ? "module.exports = {};" : id === NEVER ? "export default false;" : null),
};

/**
 * Writes a screen into `parts/`: one file with all it needs, Ink and React too, whose two hundred modules would take
 * three times as long to load. Only the colors of code come later.
 */
async function bundleScreen(name, source, folder) {
  await build({
    input: { [name]: source },
    cwd: ROOT,
    platform: "node",
    external: (id) => /^(node:|highlight\.js)/.test(id),
    logLevel: "warn",
    transform: { target: "node20", define: { "process.env.NODE_ENV": '"production"' } },
    plugins: [plainInk, licensesOf(name)],
    output: { dir: folder, format: "esm", comments: false, entryFileNames: `parts/${name}.mjs`, codeSplitting: false },
  });
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const dist = join(ROOT, "dist");
  rmSync(dist, { recursive: true, force: true });
  const input = {
    main: "src/main.ts",
    "hash-worker": "src/store/hash-worker.ts",
    worker: "src/runtime/template/worker.ts",
    "checker-worker": "src/runtime/schema/checker-worker.ts",
    "grammar-trial": "src/runtime/llama/grammar-trial.ts",
    rehearsal: "src/runtime/llama/rehearsal.ts",
    "image-child": "src/runtime/images/image-child.ts",
    quantizer: "src/quantize/quantizer.ts",
    "chunk-process": "src/quantize/chunk-process.ts",
    "chunk-worker": "src/quantize/chunk-worker.ts",
  };
  await bundle(input, dist);
  await bundleScreen("screen", "src/ui/chat/screen/screen.tsx", dist);
  await bundleScreen("card", "src/ui/chat/screen/card-lines.ts", dist);
}
