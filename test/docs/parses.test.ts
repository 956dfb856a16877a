// Every command line of README and docs is one that oslm understands: command, arguments, flags and their values.
import { CommanderError } from "commander";
import { expect, it } from "vitest";
import { commandTree, eachCommand } from "../../src/cli/command-tree.js";
import { expandEquals } from "../../src/cli/flags.js";
import { DOCUMENTS, isCommandPage, linesOf, textOf } from "../support/documents.js";
import { shellLines } from "../support/shell-lines.js";

/** What stands in brackets may be left out, and here it is not. */
const all = DOCUMENTS.flatMap((path) =>
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
  for (const path of DOCUMENTS) {
    const parts = textOf(path).split(/^```/m);
    const shown = parts.flatMap((part, index) => {
      if (index % 2 === 1) return /^(sh|bash|console)\n/.test(part) ? part.split("\n") : [];
      return isCommandPage(path) ? [] : part.split("\n").filter((line) => line.startsWith("    "));
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
