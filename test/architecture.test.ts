// The house rules as DESIGN of the source: who may import whom, and which package lives in which room.
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { expect, it } from "vitest";

const SRC = join(import.meta.dirname, "..", "src");
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.tsx?$/.test(file));

interface Import {
  readonly from: string;
  readonly to: string;
  /** `import type` leaves nothing at run time. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

const imports: Import[] = files.flatMap((from) => {
  const source = readFileSync(join(SRC, from), "utf8");
  const found = [...source.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"/gm)].map((match) => ({
    to: match[2] ?? "",
    typeOnly: Boolean(match[1]),
    dynamic: false,
  }));
  const bare = [...source.matchAll(/^import\s+"([^"]+)"/gm)].map((match) => ({
    to: match[1] ?? "",
    typeOnly: false,
    dynamic: false,
  }));
  const dynamic = [...source.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)].map((match) => ({
    to: match[1] ?? "",
    typeOnly: false,
    dynamic: true,
  }));
  // Files of a package, by its name.
  const required = [
    ...source.matchAll(/\bcreateRequire\([^)]*\)\(\s*["'`](@[^/"'`]+\/[^/"'`]+|[^./"'`][^/"'`]*)/g),
  ].map((match) => ({ to: match[1] ?? "", typeOnly: false, dynamic: true }));
  return [...found, ...bare, ...dynamic, ...required].map((entry) => ({
    ...entry,
    from,
    to: entry.to.startsWith(".") ? posix.join(posix.dirname(from), entry.to).replace(/\.js$/, ".ts") : entry.to,
  }));
});

const room = (file: string): string => (file.includes("/") ? (file.split("/")[0] ?? "") : file);

/** Rooms a room may import values and types from, besides itself, `errors.ts` and `model`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["cli"],
  "errors.ts": ["errors"],
  errors: [],
  model: [],
  catalog: [],
  license: [],
  report: ["license"],
  gguf: [],
  fit: ["gguf"],
  convert: ["gguf", "disk"],
  disk: [],
  config: ["disk"],
  hub: ["gguf"],
  download: ["hub", "store"],
  store: ["gguf", "config", "disk"],
  runtime: [],
  quantize: ["gguf", "disk"],
  app: [
    "config",
    "disk",
    "catalog",
    "license",
    "gguf",
    "fit",
    "hub",
    "download",
    "store",
    "runtime",
    "report",
    "convert",
    "quantize",
  ],
  ui: [],
  cli: [
    "errors",
    "app",
    "ui",
    "config",
    "disk",
    "catalog",
    "hub",
    "store",
    "fit",
    "runtime",
    "license",
    "gguf",
    "report",
    "convert",
    "quantize",
  ],
};

/** Packages with one home each; some are too slow to import at start. */
const HOMES: Readonly<Record<string, { room: string; lazy: boolean }>> = {
  "@bufbuild/protobuf/wire": { room: "convert", lazy: false },
  "@cyclonedx/cyclonedx-library": { room: "report", lazy: true },
  ajv: { room: "runtime", lazy: false },
  "ajv/dist/2019.js": { room: "runtime", lazy: false },
  "ajv/dist/2020.js": { room: "runtime", lazy: false },
  "ajv-formats": { room: "runtime", lazy: false },
  commander: { room: "cli", lazy: false },
  execa: { room: "ui", lazy: true },
  "highlight.js": { room: "ui", lazy: true },
  "highlight.js/lib/common": { room: "ui", lazy: true },
  // The folder of the screen, where these live, is itself loaded late.
  ink: { room: "ui", lazy: false },
  marked: { room: "ui", lazy: false },
  react: { room: "ui", lazy: false },
  "string-width": { room: "ui", lazy: false },
  "cli-progress": { room: "ui", lazy: false },
  "@huggingface/hub": { room: "hub", lazy: true },
  "@huggingface/jinja": { room: "runtime", lazy: false },
  "http-proxy-agent": { room: "hub", lazy: true },
  "https-proxy-agent": { room: "hub", lazy: true },
  "proxy-from-env": { room: "config", lazy: false },
  yaml: { room: "config", lazy: false },
  koffi: { room: "quantize", lazy: false },
  "node-llama-cpp": { room: "runtime", lazy: true },
  "proper-lockfile": { room: "store", lazy: false },
  "spdx-license-list": { room: "license", lazy: true },
};

const PURE = ["model/", "catalog/", "license/", "report/", "gguf/", "fit/"];
const NOT_PURE = ["fit/probe/"];
/** To read JSON of our own, and for hashes, which are functions of what they hash. */
const HARMLESS = ["node:module", "node:crypto"];

it("reads the imports it judges", () => {
  expect(imports.length).toBeGreaterThan(100);
  expect(imports.some((entry) => entry.dynamic)).toBe(true);
  expect(imports.map(({ to }) => to)).toContain("spdx-license-list");
});

it("keeps the direction of imports", () => {
  const breaches = imports.filter(({ from, to }) => {
    if (!/\.tsx?$/.test(to)) return false;
    const [own, other] = [room(from), room(to)];
    return own !== other && other !== "model" && to !== "errors.ts" && !MAY_IMPORT[own]?.includes(other);
  });
  expect(breaches.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

/** Imported late themselves: the engine as the build bundles it. */
const LATE = ["runtime/llama/node-llama.ts"];

it("gives every package one home, and imports the slow ones only when needed", () => {
  const packages = imports.filter(({ to }) => !/\.tsx?$/.test(to) && !to.startsWith("node:"));
  const breaches = packages.filter(({ from, to, typeOnly, dynamic }) => {
    const home = HOMES[to];
    const late = typeOnly || dynamic || LATE.includes(from);
    return home === undefined || room(from) !== home.room || (home.lazy && !late);
  });
  breaches.push(...imports.filter(({ to, typeOnly, dynamic }) => LATE.includes(to) && !typeOnly && !dynamic));
  expect(breaches.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

it("keeps Ink and all that the screen of a chat needs in a folder that is loaded late", () => {
  const SCREEN = "ui/chat/screen/";
  const slow = ["ink", "marked", "react", "string-width"];
  const breaches = imports.filter(
    ({ from, to, typeOnly, dynamic }) =>
      !from.startsWith(SCREEN) && (slow.includes(to) || to.startsWith(SCREEN)) && !typeOnly && !dynamic,
  );
  expect(breaches.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  expect(imports.some(({ to, dynamic }) => to.startsWith(SCREEN) && dynamic)).toBe(true);
});

it("keeps the pure rooms pure", () => {
  const pure = files.filter(
    (file) => PURE.some((folder) => file.startsWith(folder)) && !NOT_PURE.some((folder) => file.startsWith(folder)),
  );
  const breaches = imports.filter(
    ({ from, to }) => pure.includes(from) && to.startsWith("node:") && !HARMLESS.includes(to),
  );
  expect(breaches.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  const impure = pure.filter((file) =>
    /(?<!the )\bprocess\.(?=[a-z])|Date\.now|Math\.random|random(?:Bytes|UUID|Int)|new Date\(\)/.test(
      readFileSync(join(SRC, file), "utf8"),
    ),
  );
  expect(impure).toEqual([]);
});

/** What is the first module of a process. */
const PROGRAMS = ["main.ts", "runtime/llama/rehearsal.ts", "runtime/llama/grammar-trial.ts", "quantize/quantizer.ts"];

it("ends the process and writes to its streams only at the edge", () => {
  const loud = files.filter((file) => {
    const source = readFileSync(join(SRC, file), "utf8");
    return !PROGRAMS.includes(file) && /process\.exit\b|process\.exitCode/.test(source);
  });
  expect(loud).toEqual([]);
});

it("makes folders by makeFolder: Node's recursive mkdir never ends below /proc", () => {
  const recursive = files.filter((file) => /\bmkdir(?:Sync)?\(.*recursive/.test(readFileSync(join(SRC, file), "utf8")));
  expect(recursive).toEqual([]);
});
