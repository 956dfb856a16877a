// Documents say what the program does.
import { readFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import { resolveCatalog } from "../src/catalog/catalog.js";
import { parseRef } from "../src/model/ref.js";
import { Home } from "./support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");

/** `oslm verb model` wherever it stands in a text. */
function examples(text: string): { verb: string; model: string }[] {
  const found = text.matchAll(/\boslm (pull|run|chat|fit|show) ([a-z][\w./:@-]*)/g);
  return [...found].map(([, verb = "", model = ""]) => ({ verb, model }));
}

it("gives examples that work", async () => {
  const help = await home.run(["--help"]);
  const all = examples(
    [read("README.md"), read("CONTRIBUTING.md"), read("CHANGELOG.md"), read("docs/fit.md"), help.stdout].join("\n"),
  );
  expect(all.length).toBeGreaterThan(8);
  for (const { model } of all) {
    const ref = parseRef(model);
    if (ref.kind === "catalog") expect(resolveCatalog(ref).repos.length, model).toBeGreaterThan(0);
  }
});

it("names every command in the README, and no other", async () => {
  const { stdout } = await home.run(["--help"]);
  const lines = stdout.split("Flags of every command")[0] ?? "";
  const commands = [...lines.matchAll(/^ {2}([a-z]+)(?:\|[a-z]+)? .*$/gm)].map((match) => match[1] ?? "");
  expect(commands).toContain("pull");
  const table = read("README.md").split("## Use it")[1]?.split("\n\n")[1] ?? "";
  const named = [...table.matchAll(/`(?:oslm )?([a-z]+)\b[^`]*`/g)].map((match) => match[1] ?? "");
  const topics = ["exit", "references", "environment", "licenses"];
  expect(named.filter((name) => !topics.includes(name)).sort()).toEqual(commands.sort());
});

it("leads to files that are there", () => {
  const paths = [...read("CONTRIBUTING.md").matchAll(/`((?:src|test|bin|scripts)\/[\w./-]*)`/g)].map(
    (match) => match[1] ?? "",
  );
  expect(paths.length).toBeGreaterThan(10);
  for (const path of paths) expect(() => read(path.replace(/\/$/, "/.")), path).not.toThrow(/ENOENT/);
});
