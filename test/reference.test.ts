// Man pages and docs/commands/ say what the program says: node scripts/reference.mjs writes them.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { referenceFiles } from "../scripts/reference/files.js";
import { JSON_FIELDS } from "../src/cli/completion/json-fields.js";
import { EXIT_CODES } from "../src/cli/exit-codes.js";
import { notesOf } from "../src/cli/verb-notes.js";

const exec = promisify(execFile);
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const files = await referenceFiles();
const verbs = [...files.keys()].flatMap((path) => /^docs\/commands\/(.+)\.md$/.exec(path)?.[1] ?? []);

it.each([...files.keys()])("%s is up to date, or node scripts/reference.mjs makes it so", (path) => {
  expect(existsSync(`${ROOT}${path}`) ? readFileSync(`${ROOT}${path}`, "utf8") : "").toBe(files.get(path));
});

it("has a page and a man page for each verb, and no other", () => {
  expect(verbs.length).toBeGreaterThan(25);
  expect(readdirSync(`${ROOT}docs/commands`).sort()).toEqual(verbs.map((verb) => `${verb}.md`).sort());
  expect(readdirSync(`${ROOT}man`).sort()).toEqual(["oslm.1", ...verbs.map((verb) => `oslm-${verb}.1`)].sort());
});

it.each(verbs)("%s has examples of its own, and known exit codes: src/cli/verbs.json", (verb) => {
  const { examples, exits } = notesOf(verb) ?? { examples: [], exits: [] };
  expect(examples.length).toBeGreaterThan(0);
  expect(examples.some(([line]) => line.startsWith(`oslm ${verb}`))).toBe(true);
  for (const code of exits) expect(Object.keys(EXIT_CODES)).toContain(String(code));
});

it.each(Object.entries(JSON_FIELDS))("tells the fields of %s on its page and man page", (command, fields) => {
  const [words = "", flag] = command.split(" --");
  const [verb = ""] = words.split(" ");
  const row = `\`${flag === undefined ? "" : `--${flag} `}--json\``;
  const part = files.get(`docs/commands/${verb}.md`)?.split(`    oslm ${words}`)[1] ?? "";
  expect(part.split("\n").find((line) => line.startsWith(`| ${row}`))).toContain(fields.replaceAll(" ", ", "));
  for (const field of fields.split(" ")) expect(files.get(`man/oslm-${verb}.1`)).toContain(field);
});

it("leads from docs/README.md to every document", () => {
  const index = readFileSync(`${ROOT}docs/README.md`, "utf8");
  const all = readdirSync(`${ROOT}docs`, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));
  for (const path of all.filter((one) => one !== "README.md")) expect(index).toContain(`](${path})`);
  const links = [...index.matchAll(/\]\(([^)]+)\)/g)].map(([, path = ""]) => path);
  for (const path of links) expect(existsSync(`${ROOT}docs/${path}`), path).toBe(true);
});

describe("man pages", async () => {
  const has = (program: string): Promise<boolean> =>
    exec(program, ["--version"]).then(
      () => true,
      ({ code }: { code?: unknown }) => code !== "ENOENT",
    );
  const [mandoc, man] = await Promise.all([has("mandoc"), has("man")]);
  const pages = [...files.keys()].filter((path) => path.startsWith("man/")).map((path) => `${ROOT}${path}`);

  it.skipIf(!mandoc)("leave mandoc nothing to remark", async () => {
    // It ends with a status above 0 for each remark.
    expect(await exec("mandoc", ["-Tlint", "-Wall", ...pages])).toEqual({ stdout: "", stderr: "" });
  });

  it.skipIf(!man)("are shown by man without a warning", async () => {
    const page = `${ROOT}man/oslm.1`;
    const { stdout, stderr } = await exec("man", ["--warnings", "-l", page], {
      env: { ...process.env, MANWIDTH: "100" },
    });
    expect(stderr).toBe("");
    for (const word of ["NAME", "oslm-pull(1)", "OSLM_POLICY", "--accept-license"]) expect(stdout).toContain(word);
  });
});
