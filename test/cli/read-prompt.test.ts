// The parts of a prompt, with real files and streams.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, expect, it } from "vitest";
import { joinPrompt } from "../../src/app/run/prompt.js";
import { type Given, readPrompt } from "../../src/cli/read-prompt.js";
import { readTextFile } from "../../src/cli/read-text.js";
import { failureOf } from "../support/failure-of.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-prompt-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
/** @param piped undefined for a terminal on which nobody types */
async function prompt(given: Partial<Given>, piped?: string | Buffer, typed = ""): Promise<string | undefined> {
  const stdin = Readable.from(piped === undefined ? [typed] : [Buffer.from(piped)]);
  const terminal = { stdin, stdinTty: piped === undefined };
  const parts = await readPrompt({ argument: undefined, files: [], ...given }, terminal, () => {});
  return parts && joinPrompt(parts);
}
const a = file("a.txt", "Alpha.\n\n");
const b = file("b.txt", "\uFEFFBeta: äöü.\n");

it("51: joins files under their names, the pipe and the argument, a blank line between each", async () => {
  expect(await prompt({ argument: "What is it?", files: [a, b] }, "piped\n\n")).toBe(
    `=== ${a} ===\nAlpha.\n\n=== ${b} ===\nBeta: äöü.\n\npiped\n\nWhat is it?`,
  );
  const odd = file("odd ===\n\n=== name.txt", "Gamma.");
  expect(await prompt({ files: [odd] })).toBe(`=== ${folder}/odd === === name.txt ===\nGamma.`);
  expect(await prompt({ files: [a] })).toBe(`=== ${a} ===\nAlpha.`);
});

it("51: reads standard input for -, from a terminal too, and leaves out what is empty", async () => {
  expect(await prompt({ argument: "-" }, "piped\n")).toBe("piped");
  expect(await prompt({}, "piped\n")).toBe("piped");
  expect(await prompt({ files: ["-"], argument: "ask" }, "piped\n")).toBe("piped\n\nask");
  expect(await prompt({ argument: "-" }, undefined, "typed\n")).toBe("typed");
  expect(await prompt({ argument: "ask" }, " \n")).toBe("ask");
  expect(await prompt({ argument: "ask" }, undefined, "never read")).toBe("ask");
});

it("leaves a person on a terminal who gives nothing to a chat, and refuses anybody else", async () => {
  expect(await prompt({})).toBeUndefined();
  const nothing = { problem: "there is no prompt", help: expect.stringContaining('oslm run MODEL "prompt"') };
  expect((await failureOf(prompt({}, ""))).facts).toMatchObject(nothing);
  const empty = file("empty.txt", "\n");
  expect((await failureOf(prompt({ files: [empty] }))).facts).toMatchObject({
    ...nothing,
    detail: "All that was given is empty.",
  });
});

it("refuses what is no text, with the reason and a way", async () => {
  mkdirSync(join(folder, "inner"));
  const cases: readonly (readonly [path: string, problem: RegExp, help: RegExp])[] = [
    [file("picture.png", Buffer.from([0x89, 0x50, 0, 0])), /picture\.png is not text$/, /convert/],
    [
      file("latin.txt", Buffer.from("f\xfcr", "latin1")),
      /latin\.txt is not UTF-8 text$/,
      /iconv .*latin\.txt > utf8\.txt$/,
    ],
    ["/dev/zero", /\/dev\/zero has more than 64 MB$/, /part/],
  ];
  for (const [path, problem, help] of cases) {
    const { code, facts } = await failureOf(prompt({ files: [path] }));
    expect([code, facts]).toEqual([
      "usage",
      expect.objectContaining({ problem: expect.stringMatching(problem), help: expect.stringMatching(help) }),
    ]);
  }
  expect((await failureOf(readTextFile(a, 3))).facts).toMatchObject({ problem: expect.stringMatching(/more than/) });
  expect((await failureOf(prompt({}, Buffer.from("\xfc", "latin1")))).facts).toMatchObject({
    problem: "standard input is not UTF-8 text",
    help: "iconv -f WINDOWS-1252 -t UTF-8   in the pipe, before oslm",
  });
  const nowhere = join(folder, "nowhere");
  expect((await failureOf(readTextFile(nowhere))).facts).toMatchObject({ path: nowhere });
  const inner = { is: "folder", instead: expect.stringMatching(/^ls .*inner {3}\(which file in it\?\)$/) };
  expect((await failureOf(readTextFile(join(folder, "inner")))).facts).toMatchObject(inner);
  expect((await failureOf(prompt({}, "\0"))).facts).toMatchObject({ problem: "standard input is not text" });
});

it("tells what it waits for when a pipe stays silent", { timeout: 10_000 }, async () => {
  const stdin = new PassThrough();
  const told: string[] = [];
  const parts = readPrompt({ argument: "ask", files: [] }, { stdin, stdinTty: false }, (news) => {
    told.push(news);
    stdin.end();
  });
  expect(joinPrompt((await parts) ?? [])).toBe("ask");
  expect(told).toEqual([expect.stringContaining("Waiting for the end of standard input")]);
});
