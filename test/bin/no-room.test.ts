// A full disk is exit 6 whatever is written to it, with the file's name and what is free.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { DEMO_PATH } from "../../src/app/shipped.js";
import { canMount } from "../support/can-mount.js";
import { BIN, Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
const full = join(home.path, "full");
writeFileSync(join(home.path, "p.jsonl"), '{"prompt":"hi"}\n');

/** Runs oslm beside a disk without a free byte. */
function onFullDisk(command: string): { readonly code: number; readonly text: string } {
  const script = `
    mkdir -p "${full}"; mount -t tmpfs -o size=1m none "${full}"
    cat /dev/zero > "${full}/fill" 2>/dev/null
    oslm() { "${process.execPath}" "${BIN}" "$@"; }
    cd "${home.path}"
    { ${command}; } 2>&1; echo "exit $?"`;
  const text = execFileSync("unshare", ["-rm", "sh", "-c", script], { env: home.env, encoding: "utf8" });
  return { code: Number(/exit (\d+)\n$/.exec(text)?.[1]), text };
}

it.skipIf(!canMount()).each([
  ["run demo hi -n 2 --quiet --receipt full/r.json", "full/r.json"],
  ["license report --format spdx -o full/s.json", "full/s.json"],
  ["license pack demo full/pack --allow-incomplete", "full/pack"],
  ["batch demo p.jsonl -n 2 --quiet -o full/r.jsonl", "full/r.jsonl"],
  [`import "${DEMO_PATH}" --name mine --quiet`, "full/home/state/index"],
])("%s", (args, file) => {
  const { code, text } = onFullDisk(`OSLM_HOME="${full}/home" oslm ${args}`);
  expect([code, text]).toEqual([
    6,
    expect.stringMatching(/^oslm: \S+ cannot be written\n {2}The disk is full: 0 B free\./m),
  ]);
  expect(/oslm: (\S+) cannot/.exec(text)?.[1]).toContain(file);
});

it.skipIf(!canMount())("doctor tells of it", () => {
  const { code, text } = onFullDisk(`OSLM_HOME="${full}/home" oslm doctor --json=findings 2>/dev/null`);
  expect(code).toBe(8);
  expect(text).toMatch(/"code": ?"disk-full"/);
});
