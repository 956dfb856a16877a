// The process that reads images, where its child does what it should not.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { ImageProcess } from "../../../src/runtime/images/image-process.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-image-process-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a text to its file 3 so many times, and ends after a while by itself. */
function child(name: string, text: string, times: number): ImageProcess {
  const path = join(folder, `${name}.mjs`);
  const write = `const text = ${text}; for (let n = 0; n < ${times}; n++) out.write(text);`;
  const file = `import { spawnSync } from "node:child_process"; import { Socket } from "node:net"; const out = new Socket({ fd: 3 }); ${write} setTimeout(() => process.exit(0), 8000);`;
  writeFileSync(path, file);
  return new ImageProcess(pathToFileURL(path));
}

it("keeps other programs from the library, which would give ffprobe what it cannot decode", async () => {
  const program = join(folder, process.platform === "win32" ? "ffprobe.cmd" : "ffprobe");
  writeFileSync(program, process.platform === "win32" ? "" : "#!/bin/sh\n", { mode: 0o755 });
  const called = 'String(spawnSync("ffprobe").error?.code)';
  const { PATH } = process.env;
  process.env.PATH = folder;
  const alone = child("alone", `JSON.stringify({ is: "text", text: ${called} }) + "\\n"`, 1);
  process.env.PATH = PATH;
  expect(await alone.next()).toEqual({ is: "text", text: expect.stringMatching(/^(ENOENT|ENOTDIR|EACCES)$/) });
  await alone.kill();
});

it("ends a child whose line does not end", async () => {
  const endless = child("endless", '"x".repeat(2 ** 20)', 17);
  await expect(endless.next()).rejects.toThrow("it was ended by SIGKILL");
});

it("hears a child that says much in lines", async () => {
  const line = `JSON.stringify({ is: "text", text: "x".repeat(2 ** 20) }) + "\\n"`;
  const many = child("many", line, 17);
  for (let heard = 0; heard < 17; heard++) expect(await many.next()).toMatchObject({ is: "text" });
  await many.kill();
});
