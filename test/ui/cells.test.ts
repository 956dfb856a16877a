import { PassThrough } from "node:stream";
import stringWidth from "string-width";
import { expect, it } from "vitest";
import { cellsOf, cutToCells } from "../../src/ui/cells.js";
import { formatBytes } from "../../src/ui/format.js";
import { type Column, renderTable } from "../../src/ui/table.js";
import { openTerminal } from "../../src/ui/terminal.js";

const NAMES = [
  "qwen",
  "通义千问-7B",
  "한국어",
  "ｆｕｌｌ",
  "日本語🦙モデル",
  "👩‍💻 dev",
  "🇩🇪",
  "❤️",
  "é e\u0301",
  "naïve…",
  "Ж±×",
  "ไทย",
];

it.each(NAMES)("24: knows the cells of %s", (name) => {
  expect(cellsOf(name)).toBe(stringWidth(name));
});

it("24: keeps columns aligned for CJK and emoji, also where they are cut", () => {
  const columns: readonly Column<string>[] = [
    { header: "NAME", text: (name) => name },
    { header: "SIZE", text: (name) => String(name.length), right: true },
    { header: "LICENSE", text: () => "mit" },
  ];
  const faceAt = (width: number) => {
    const out = Object.assign(new PassThrough(), { isTTY: true, columns: width });
    const flags = { color: false, input: false, progress: false, quiet: false };
    const terminal = openTerminal({ stdin: new PassThrough(), stdout: out, stderr: out, env: { TERM: "x" } }, flags);
    return renderTable(NAMES, columns, terminal).trimEnd().split("\n");
  };
  for (const width of [80, 24]) {
    const places = faceAt(width).map((line) => stringWidth(line.replace(/\S+$/, "")));
    expect(new Set(places).size).toBe(1);
    for (const line of faceAt(width)) expect(stringWidth(line)).toBeLessThanOrEqual(width);
  }
  expect(faceAt(24).join("\n")).toContain("…");
});

it("24: cuts between letters, a wide one whole", () => {
  expect([3, 4, 5].map((cells) => cutToCells("日本語", cells))).toEqual(["日…", "日…", "日本…"]);
  expect(cutToCells("👩‍💻👩‍💻", 3)).toBe("👩‍💻…");
});

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [1_234_567, "1.2 MB"],
  [99_949_999, "99.9 MB"],
  [99_950_000, "100 MB"],
  [999_499_999, "999 MB"],
  [999_500_000, "1.0 GB"],
  [4_700_000_000, "4.7 GB"],
])("25: shows %d bytes in decimal units", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
