// What a program has printed when it ends is on the screen, however busy the machine that reads it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

const home = new Home();
afterAll(() => home.remove());

it("shows all rows of a program that has ended before they are read", async () => {
  const program = join(home.path, "rows.cjs");
  writeFileSync(
    program,
    `process.stdout.write(Array.from({ length: 900 }, (_, row) => "row " + row + "\\n").join(""))`,
  );
  const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  const load = setInterval(block, 1);
  const { text } = await inTerminal(home, [], [], { program });
  clearInterval(load);
  expect(text.trimEnd().split("\n").length).toBe(900);
});
