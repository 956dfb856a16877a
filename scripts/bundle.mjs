// Bundles the program into dist/: `npm run build` runs it after tsc has checked the types.
//
// Node takes a millisecond for each module that it loads, and another 8 ms for its loader of ES modules: oslm is a few
// CommonJS files, of which `oslm list` loads two. The other packages stay what npm installs.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "rolldown";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SRC = join(ROOT, "src");

/** What nearly every start needs, and what only help about all commands needs besides. Everything else is split by use. */
const GROUPS = [
  { name: "start", test: /src\/(cli\/(program|commands\/list)|app\/list|store\/store)\.ts$/, priority: 2 },
  { name: "commands", test: /src\/cli\/commands\//, priority: 1 },
];

/** The data and the mark of CommonJS that lie beside the code. */
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

/**
 * Writes each module of `input`, by name, with all it needs into `parts/` of a folder: one as deep below the package as the
 * rooms in src, so that paths to its other files hold for both. Only `main` lies in the folder itself.
 */
export async function bundle(input, folder) {
  await build({
    input,
    cwd: ROOT,
    platform: "node",
    external: [/^[^./]/],
    // What is imported late in one place and at once in another is meant so.
    checks: { ineffectiveDynamicImport: false },
    logLevel: "warn",
    transform: { target: "node20", define: { "import.meta.url": "__moduleUrl" } },
    plugins: [besides],
    output: {
      dir: folder,
      format: "cjs",
      entryFileNames: ({ name }) => (name === "main" ? "main.js" : "parts/[name].js"),
      chunkFileNames: "parts/[name].js",
      intro: 'const __moduleUrl = require("node:url").pathToFileURL(__filename).href;',
      codeSplitting: { groups: GROUPS },
    },
  });
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const dist = join(ROOT, "dist");
  rmSync(dist, { recursive: true, force: true });
  const input = {
    main: "src/main.ts",
    "hash-worker": "src/store/hash-worker.ts",
    worker: "src/runtime/template/worker.ts",
  };
  await bundle(input, dist);
}
