// Every command line of README and docs is one that oslm understands: command, arguments, flags and their values.
import { readdirSync, readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { expect, it } from "vitest";
import { commandTree, eachCommand } from "../../src/cli/command-tree.js";
import { expandEquals } from "../../src/cli/flags.js";
import { shellLines } from "../support/shell-lines.js";

const ROOT = new URL("../../", import.meta.url);
const documents = [
  "README.md",
  ...readdirSync(new URL("docs", ROOT), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => `docs/${path.replaceAll("\\", "/")}`)
    .sort(),
];

/** Pages of docs/commands show the usage of each command as well, which is none to type. */
const linesOf = (path: string) =>
  shellLines(readFileSync(new URL(path, ROOT), "utf8"), { indented: !path.startsWith("docs/commands/") });

/** What stands in brackets may be left out, and here it is not. */
const all = documents.flatMap((path) =>
  linesOf(path).flatMap(({ words }) =>
    words.map((argv) => [path, argv.map((word) => word.replace(/^\[|\]$/g, ""))] as const),
  ),
);

async function parse(argv: readonly string[]): Promise<string> {
  const program = await commandTree(argv, () => {
    throw new Error("no command runs here");
  });
  let taken = "";
  for (const { command, path } of eachCommand(program)) {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command === program) continue;
    command.action(() => {
      taken = path;
    });
  }
  await program.parseAsync(expandEquals(argv), { from: "user" });
  return taken;
}

it.each(all)("%s: oslm %j", async (_, argv) => {
  expect(await parse(argv)).toMatch(/^oslm \w/);
});

it("leaves no line out", () => {
  for (const path of documents) {
    const parts = readFileSync(new URL(path, ROOT), "utf8").split(/^```/m);
    const shown = parts.flatMap((part, index) => {
      if (index % 2 === 1) return /^(sh|bash|console)\n/.test(part) ? part.split("\n") : [];
      return path.startsWith("docs/commands/") ? [] : part.split("\n").filter((line) => line.startsWith("    "));
    });
    const seen = shown.filter((line) => /\boslm [a-z]/.test(line));
    expect(linesOf(path).length, path).toBe(seen.length);
  }
  expect(all.length).toBeGreaterThanOrEqual(140);
});

it.each([["pull demo --no-such-flag"], ["fit demo --prefer speediest"], ["run"], ["nonsense"], ["list --ram lots"]])(
  "sees what is wrong: oslm %s",
  async (line) => {
    await expect(parse(line.split(" "))).rejects.toThrow(CommanderError);
  },
);

it("splits lines as sh does", () => {
  const lines = shellLines(
    [
      "```sh",
      `git diff | oslm run a "two words" -s 'it''s' > out.txt && oslm replay r.json # why`,
      "path=$(oslm pull x --no-input) || exit $?",
      "OSLM_HOME=. npx oslm list",
      "```",
      "    oslm fit x --exact          an explanation with oslm in it",
    ].join("\n"),
  );
  expect(lines.map(({ words }) => words)).toEqual([
    [
      ["run", "a", "two words", "-s", "its"],
      ["replay", "r.json"],
    ],
    [["pull", "x", "--no-input"]],
    [["list"]],
    [["fit", "x", "--exact"]],
  ]);
  expect(lines.at(-1)?.line).toBe("oslm fit x --exact");
});
