import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { type Column, renderTable } from "../../src/ui/table.js";
import { openTerminal } from "../../src/ui/terminal.js";

interface Row {
  readonly name: string;
  readonly size: number;
  readonly why: string;
}
const columns: readonly Column<Row>[] = [
  { header: "NAME", text: ({ name }) => name },
  { header: "SIZE", text: ({ size }) => `${size} B`, raw: ({ size }) => String(size), right: true },
  { header: "WHY", text: ({ why }) => why, prose: true },
];
const rows: readonly Row[] = [
  { name: "one", size: 5, why: "since the first of all reasons is a long one and goes on" },
  { name: "another", size: 12_345, why: "" },
];

function terminal(width: number, color = false) {
  const out = Object.assign(new PassThrough(), { isTTY: true, columns: width });
  const flags = { color, input: false, progress: false, quiet: false };
  return openTerminal({ stdin: new PassThrough(), stdout: out, stderr: out, env: { TERM: "xterm" } }, flags);
}

describe("a column of sentences", () => {
  it("is wrapped beside the others where there is room", () => {
    expect(renderTable(rows, columns, terminal(52))).toBe(
      [
        "NAME        SIZE  WHY",
        "one          5 B  since the first of all reasons is",
        "                  a long one and goes on",
        "another  12345 B",
        "",
      ].join("\n"),
    );
  });

  it("is wrapped below them where there is little", () => {
    expect(renderTable(rows, columns, terminal(40))).toBe(
      [
        "NAME        SIZE",
        "one          5 B",
        "    since the first of all reasons is a",
        "    long one and goes on",
        "another  12345 B",
        "",
      ].join("\n"),
    );
  });

  it("is a field like any other for programs", () => {
    const pipe = { ...terminal(40), stdoutTty: false };
    expect(renderTable(rows, columns, pipe)).toBe(`one\t5\t${rows[0]?.why}\nanother\t12345\t\n`);
  });
});

it("cuts the widest column, but none that is to stay whole", () => {
  const one = [{ name: "a-name-that-people-paste", size: 1, why: "a text that may be cut" }];
  const face = (whole: boolean): Column<Row>[] => [
    { header: "NAME", text: ({ name }) => name, whole },
    { header: "WHY", text: ({ why }) => why },
  ];
  expect(renderTable(one, face(true), terminal(40)).split("\n")[1]).toBe("a-name-that-people-paste  a text that m…");
  expect(renderTable(one, face(false), terminal(40)).split("\n")[1]).toMatch(/^a-name-.*…/);
});

it("colors cells where there are colors, without moving them", () => {
  const styled: readonly Column<Row>[] = [
    { header: "NAME", text: ({ name }) => name, style: (text) => `<${text}>` },
    { header: "SIZE", text: ({ size }) => `${size} B`, right: true },
  ];
  const [, first] = renderTable(rows, styled, terminal(40, true)).split("\n");
  expect(first).toBe("<one    >      5 B");
  expect(renderTable(rows, styled, terminal(40))).not.toContain("<");
});

describe("a table that is too wide for the terminal", () => {
  const wide = { name: "org/a-name-that-people-paste", size: 12_345, why: "a reason", who: "somebody" };
  const face: readonly Column<typeof wide>[] = [
    { header: "NAME", text: ({ name }) => name, whole: true },
    { header: "SIZE", text: ({ size }) => `${size} B`, right: true },
    { header: "WHY", text: ({ why }) => why },
    { header: "WHO", text: ({ who }) => who },
  ];

  it("has the first column above the others", () => {
    expect(renderTable([wide, wide], face, terminal(40))).toBe(
      [
        "NAME",
        "     SIZE  WHY       WHO",
        "org/a-name-that-people-paste",
        "  12345 B  a reason  somebody",
        "org/a-name-that-people-paste",
        "  12345 B  a reason  somebody",
        "",
      ].join("\n"),
    );
  });

  it("goes on below where one line is too short for them", () => {
    expect(renderTable([wide], face, terminal(28))).toBe(
      ["NAME", "     SIZE  WHY", "  WHO", "org/a-name-that-people-paste", "  12345 B  a reason", "  somebody", ""].join(
        "\n",
      ),
    );
  });

  it("leaves out what is spare first, and keeps sentences below", () => {
    const [name, size, why, who] = face as [Column<typeof wide>, ...Column<typeof wide>[]];
    const some = [name, size, { ...who, spare: true }, { ...why, prose: true }] as Column<typeof wide>[];
    expect(renderTable([wide], some, terminal(40))).toBe(
      ["NAME                             SIZE", "org/a-name-that-people-paste  12345 B", "    a reason", ""].join("\n"),
    );
    expect(renderTable([wide], some, terminal(30))).toBe(
      ["NAME", "     SIZE  WHO", "org/a-name-that-people-paste", "  12345 B  somebody", "      a reason", ""].join(
        "\n",
      ),
    );
  });
});
