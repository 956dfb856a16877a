// Every family by name, a row each: `node bench/run.mjs families [PART OF A NAME] [quick]`. A tiny model of its architecture stands where
// the catalog says, on a Hub of this machine; the built program pulls and runs it. The memory is that of a synthetic model of the
// architecture with a context of 2,048 tokens, measured as `bench fit` does; "quick" leaves that away. Ends with 1 when a row fails.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readModel } from "../src/app/run/read-model.js";
import { lookup } from "../src/catalog/catalog.js";
import { estimate } from "../src/fit/memory.js";
import { parseRef } from "../src/model/ref.js";
import { type FakeRepo, startFakeHub } from "../test/support/fake-hub.js";
import { tinyFamily } from "../test/support/families/tiny-family.js";
import { Home } from "../test/support/oslm.js";
import { rendersAsStored } from "../test/support/template-prompts.js";
import { FAMILY_ROWS, type FamilyRow } from "./support/family-rows.js";
import { print, printMachine } from "./support/measure.js";
import { runFitted } from "./support/run-fitted.js";
import { SYNTHETIC_MODELS } from "./support/synthetic-models.js";
import { writeModel } from "./support/write-model.js";

/** What fit promises of one model, in percent of what was measured. */
const OVER = 8;
const UNDER = 4;
const CTX = 2048;
const MARKS = ["<|im_start|>", "<|im_end|>"];
const TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";
const [wanted = "", quick] = process.argv.slice(3);
const folder = mkdtempSync(join(tmpdir(), "oslm-families-"));

/** Random weights may well end an answer before it begins. */
const LETTERS = join(folder, "letters.gbnf");
writeFileSync(LETTERS, "root ::= [a-z] [a-z] [a-z]");

const FAILED = "FAILED";
const problems: string[] = [];
function check(row: FamilyRow, what: string, holds: boolean, shown: string, fact = ""): string {
  if (holds) return shown;
  problems.push(`${row.title}, ${what}: ${fact.trim().slice(0, 400)}`);
  return FAILED;
}

function entryOf({ name }: FamilyRow) {
  const ref = parseRef(name);
  if (ref.kind !== "catalog") throw new RangeError(`${name} is no name of the catalog`);
  return lookup(ref.name, ref.size).size;
}

/** Its first repository with a tiny model in it; one that chats has a template where the real one has, and else is known by its name. */
function repoOf(row: FamilyRow): FakeRepo[] {
  try {
    const { architecture, gguf, original, license } = entryOf(row);
    if (architecture === undefined) return [];
    const id = gguf[0] ?? original;
    const own = row.kind === "chat" && !row.template?.startsWith("known-");
    const metadata: Record<string, string> = own ? { "tokenizer.chat_template": TEMPLATE } : {};
    const file = `${basename(id).replace(/-gguf$/i, "")}-Q4_K_M.gguf`;
    return [{ id, files: { [file]: tinyFamily(architecture, { metadata, marks: MARKS }) }, card: cardOf(license.id) }];
  } catch {
    return [];
  }
}

const cardOf = (license: string) => ({ license: "other", license_name: license });

const measured = new Map<string, Promise<number | string>>();

/** In percent; a text says why there is none. */
async function fitError(id: string): Promise<number | string> {
  const make = SYNTHETIC_MODELS.find(([name]) => name === id)?.[1];
  if (make === undefined) return `no synthetic model ${id}`;
  const model = make();
  const path = join(folder, `${id}.gguf`);
  writeModel(path, model);
  const { geometry, weights } = await readModel({ paths: [path] });
  const setting = { ctx: CTX, kvType: "f16", useMmap: false } as const;
  const used = await runFitted(path, folder, model, setting, false);
  rmSync(path);
  if (typeof used === "string") return used;
  return (estimate(geometry, { weights, ...setting, gpuLayers: 0 }).total / used.VmHWM - 1) * 100;
}

async function memoryCell(row: FamilyRow): Promise<string> {
  const { measured: id } = row;
  if (quick === "quick" || id === undefined) return "-";
  const error = await (measured.get(id) ?? measured.set(id, fitError(id)).get(id));
  if (typeof error !== "number") return check(row, "memory", false, "", error);
  const shown = `${error > 0 ? "+" : ""}${error.toFixed(1)} %`;
  return check(row, "memory", error <= OVER && error >= -UNDER, shown, shown);
}

async function cells(row: FamilyRow, home: Home): Promise<string[]> {
  const { name, kind, template } = row;
  const pulled = await home.run(["pull", name, "--json", "--accept-license", licenseOf(row)]);
  if (kind === "refused") {
    const instead = /oslm run (\S+)/.exec(pulled.stderr)?.[1];
    const holds = pulled.code === 9 && instead !== undefined;
    return [check(row, "refusal", holds, "exit 9", pulled.stderr), "-", "-", "-", "-", "-", `instead ${instead}`];
  }
  const { repo, license } = documentOf<{ repo?: string; license?: { id: string } }>(pulled.stdout);
  const run = await home.run([
    "run",
    name,
    "Once upon a time",
    "--grammar",
    LETTERS,
    "--temp",
    "0",
    "--json",
    "--offline",
  ]);
  const said = documentOf<{ usage?: { completionTokens: number }; receipt?: { templateSha256: string | null } }>(
    run.stdout,
  );
  const hash = said.receipt?.templateSha256;
  const rendered = kind === "base" || template === undefined ? "none" : rendersAsStored(template);
  const formed = kind === "base" ? hash === null : typeof hash === "string" && ["yes", "by hash"].includes(rendered);
  // Only the prompts of some are kept: those are not compared here.
  const shown = rendered === "by hash" ? `${template} (by hash)` : template;
  return [
    check(row, "resolves", repo === repoOf(row)[0]?.id, "yes", pulled.stderr),
    check(
      row,
      "license",
      license !== undefined && license.id === licenseOf(row),
      license?.id ?? "",
      `${license?.id} ${pulled.stderr}`,
    ),
    check(row, "loads", said.receipt !== undefined, "yes", run.stderr),
    check(row, "generates", (said.usage?.completionTokens ?? 0) > 0, "yes", run.stderr),
    check(row, "template", formed, shown ?? "none: completes", `${template} ${rendered} ${hash} ${run.stderr}`),
    await memoryCell(row),
    repo ?? "-",
  ];
}

function licenseOf(row: FamilyRow): string {
  try {
    return entryOf(row).license.id;
  } catch {
    return "unknown";
  }
}

function documentOf<Answer extends object>(text: string): Partial<Answer> {
  return text === "" ? {} : (JSON.parse(text) as Answer);
}

printMachine();
print("family", "resolves", "license", "loads", "generates", "template", "fit error", "stands in");
const rows = FAMILY_ROWS.filter(({ title, name }) => `${title} ${name}`.toLowerCase().includes(wanted.toLowerCase()));
const hub = await startFakeHub({ repos: rows.flatMap(repoOf) });
for (const row of rows) {
  const home = new Home({ HF_ENDPOINT: hub.endpoint });
  print(row.title, ...(await cells(row, home)));
  home.remove();
}
await hub.close();
rmSync(folder, { recursive: true });
print(`${rows.length} families, ${problems.length} failures`);
for (const problem of problems) print(problem);
if (problems.length > 0) process.exit(1);
