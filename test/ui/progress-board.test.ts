// What the rows of a terminal say of the files on their way, and how fast they are.
import { beforeEach, describe, expect, it } from "vitest";
import { Board } from "../../src/ui/progress/board.js";
import { Rate } from "../../src/ui/progress/rate.js";
import { progressRows } from "../../src/ui/progress/rows.js";
import { shortName } from "../../src/ui/progress/short-name.js";

const [FIRST, SECOND] = ["Q8/big-model-Q8_0-00001-of-00002.gguf", "Q8/big-model-Q8_0-00002-of-00002.gguf"];

let ms: number;
let board: Board;
beforeEach(() => {
  ms = 0;
  board = new Board(() => ms);
});

/** Bytes that come in ten steps per second. */
function receive(path: string, from: number, to: number, seconds: number): void {
  for (let step = 1; step <= seconds * 10; step++) {
    ms += 100;
    board.update(path, from + ((to - from) * step) / (seconds * 10));
  }
}

describe("the rate", () => {
  it("is that of the last three seconds, and falls to zero in silence", () => {
    const rate = new Rate(() => ms);
    const seconds = (count: number, perSecond: number) => {
      for (let step = 0; step < count * 100; step++) {
        ms += 10;
        rate.add(perSecond / 100);
      }
    };
    expect(rate.perSecond).toBeUndefined();
    seconds(10, 1e6);
    expect(rate.perSecond).toBeCloseTo(1e6, -5);
    seconds(1, 4e6);
    expect(rate.perSecond).toBeCloseTo(2e6, -5);
    seconds(3, 4e6);
    expect(rate.perSecond).toBeCloseTo(4e6, -5);
    ms += 10_000;
    expect(rate.perSecond).toBeLessThan(1e5);
  });

  it("counts neither bytes that were here before nor a step back", () => {
    board.start("a", 900e6, 1000e6, "downloading");
    receive("a", 900e6, 920e6, 2);
    expect(board.perSecond).toBeCloseTo(10e6, -5);
    expect(board.left).toBeCloseTo(8000, -2);
    board.update("a", 0);
    expect(board.perSecond).toBeCloseTo(10e6, -5);
  });
});

describe("the rows", () => {
  it("show one file with its rate and time left, and no sum", () => {
    board.plan(1, 100e6);
    board.start("one.gguf", 0, 100e6, "downloading");
    receive("one.gguf", 0, 20e6, 2);
    expect(progressRows(board, 80, 24)).toEqual([
      "one.gguf  ███░░░░░░░░░░░░░░░   20%  20.0 MB of 100 MB   10.0 MB/s  8s left",
    ]);
  });

  it("show the sum of all planned files below, also of those that are done or have not begun", () => {
    board.plan(3, 300e6);
    board.start(SECOND, 50e6, 100e6, "downloading");
    board.start(FIRST, 0, 100e6, "downloading");
    receive(SECOND, 50e6, 80e6, 3);
    const rows = progressRows(board, 100, 24);
    expect(rows.map((row) => row.replace(/ {2,}/g, "|"))).toEqual([
      expect.stringMatching(/1\/2\|░+\|0%\|0 B of 100 MB$/),
      expect.stringMatching(/2\/2\|█+░+\|80%\|80\.0 MB of 100 MB$/),
      expect.stringMatching(/^total\|█+░+\|26%\|80\.0 MB of 300 MB\|10\.0 MB\/s\|22s left$/),
    ]);
    board.finish(SECOND);
    expect(progressRows(board, 100, 24).at(-1)).toMatch(/^total.* 33% {2}100 MB of 300 MB/);
    board.finish(FIRST);
    expect(progressRows(board, 100, 24)).toEqual([]);
  });

  it.each([20, 30, 40, 60, 80, 200])("stay within %i columns, and tell the shards apart", (columns) => {
    board.plan(2, 9e12);
    for (const path of [FIRST, SECOND]) board.start(path, 0, 4.5e12, "downloading");
    receive(FIRST, 0, 1e12, 4);
    const rows = progressRows(board, columns, 24);
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.length).toBeLessThan(columns);
    expect(rows[0]).toContain(columns < 100 ? "1/2  " : "00001-of");
    expect(rows[0]).toContain("22%");
    if (columns >= 30) expect(rows[2]).toContain("250 GB/s");
    if (columns >= 40) expect(rows[2]).toContain("32s");
  });

  it("never are more than the terminal has, but keep the sum", () => {
    board.plan(9, 900);
    for (let file = 1; file <= 9; file++) board.start(`m-0000${file}-of-00009.gguf`, 0, 100, "downloading");
    const rows = progressRows(board, 80, 4);
    expect(rows).toHaveLength(4);
    expect(rows[3]).toMatch(/^total/);
    expect(progressRows(board, 80, 1)).toHaveLength(1);
  });

  it("say why no bytes come", () => {
    const row = () => progressRows(board, 80, 24)[0];
    board.start("one.gguf", 0, 100, "downloading");
    board.wait("one.gguf", 2_500);
    expect(row()).toMatch(/ {2}retry in 3 s$/);
    ms += 1_600;
    expect(row()).toMatch(/ {2}retry in 1 s$/);
    board.update("one.gguf", 50);
    expect(row()).not.toContain("retry");
    board.update("one.gguf", 100);
    expect(row()).toMatch(/100% .* verifying$/);
    board.compare("one.gguf");
    expect(row()).toMatch(/ {2}comparing$/);
  });

  it("forget a check that ended without success when the next thing begins", () => {
    board.start("/elsewhere/blob", 0, 100, "checking");
    board.start("one.gguf", 0, 100, "downloading");
    expect(board.active.map(({ path }) => path)).toEqual(["one.gguf"]);
    expect(board.several).toBe(false);
  });
});

it("shortens names in the middle, without what could steer a terminal", () => {
  expect(shortName("dir/model-Q8_0.gguf", 20)).toBe("model-Q8_0.gguf");
  expect(shortName("a-very-long-model-name-Q8_0.gguf", 16)).toBe("a-very…name-Q8_0");
  expect(shortName("model-Q8_0-00012-of-00030.gguf", 20)).toBe("model-Q8_0 12/30");
  expect(shortName("x\u001b[2Jy\nz\u202e.gguf", 20)).toBe("xy z.gguf");
  expect(shortName("😀".repeat(30), 5)).toBe("😀…😀😀😀");
  expect(shortName("abcdef", 1)).toBe("…");
});
