// Takes the pictures: the built program in a real shell, against a Hub on this machine.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cell, emulateCells, textOf } from "../emulate.js";
import { type FakeHub, startFakeHub } from "../fake-hub.js";
import { BIN, Home } from "../oslm.js";
import { inTerminal } from "../pty.js";
import { REPOS, type Scene } from "./scenes.js";

export const COLUMNS = 100;
const ROWS = 40;
/** What came in pieces is whole by then. */
const SETTLE_MS = 150;
/** Of a connection to the Hub: a download that can be watched. */
const BYTES_PER_SECOND = 25e6;

export function startPictureHub(): Promise<FakeHub> {
  return startFakeHub({ repos: REPOS, bytesPerSecond: BYTES_PER_SECOND });
}

/** The lines on the screen at the moment of the picture, without empty ones around them. */
export async function take(scene: Scene, hub: FakeHub): Promise<Cell[][]> {
  const home = new Home({ HF_ENDPOINT: hub.endpoint, PS1: "$ ", ...scene.env });
  const [bin, work] = [join(home.path, "bin"), join(home.path, "work")];
  for (const folder of [bin, work]) mkdirSync(folder);
  symlinkSync(BIN, join(bin, "oslm"));
  for (const [name, text] of Object.entries(scene.files ?? {})) writeFileSync(join(work, name), text);
  let shown = "";
  try {
    await inTerminal(
      home,
      [],
      [
        ...scene.steps,
        [
          scene.until,
          async (child, raw) => {
            await sleep(SETTLE_MS);
            shown = raw();
            child.write(scene.leave);
          },
        ],
        [/\n\$ $/, "exit\r"],
      ],
      {
        shell: true,
        columns: COLUMNS,
        rows: ROWS,
        cwd: work,
        env: { PATH: [bin, dirname(process.execPath), home.env.PATH].join(":") },
      },
    );
  } finally {
    home.remove();
  }
  const lines = emulateCells(shown, ROWS, COLUMNS);
  const full = lines.map((line) => textOf(line) !== "" && textOf(line) !== "$");
  return lines.slice(full.indexOf(true), full.lastIndexOf(true) + 1);
}
