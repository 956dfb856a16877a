import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { type Field, renderRecord } from "../../src/ui/record.js";
import { openTerminal } from "../../src/ui/terminal.js";

const fields: readonly Field[] = [
  ["name", "demo"],
  ["where it is", "/a folder/of some depth/with a file", "whole"],
  ["nothing", null],
  ["why", "since the first of all reasons is a long one and goes on"],
];

function terminal(width: number) {
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: width });
  const flags = { color: false, input: false, progress: false, quiet: false };
  return openTerminal({ stdin: new PassThrough(), stdout: out, stderr: out, env: { TERM: "xterm" } }, flags);
}

it("wraps values at words beside their labels, and leaves whole what people paste", () => {
  expect(renderRecord(fields, terminal(44))).toBe(
    [
      "name         demo",
      "where it is  /a folder/of some depth/with a file",
      "why          since the first of all reasons",
      "             is a long one and goes on",
      "",
    ].join("\n"),
  );
});

it("puts values below their labels where there is little room beside them", () => {
  expect(renderRecord(fields, terminal(38))).toBe(
    [
      "name         demo",
      "where it is",
      "  /a folder/of some depth/with a file",
      "why",
      "  since the first of all reasons is a",
      "  long one and goes on",
      "",
    ].join("\n"),
  );
});

it("gives programs a line for each field", () => {
  expect(renderRecord(fields, { ...terminal(40), stdoutTty: false }).split("\n")).toHaveLength(4);
});
