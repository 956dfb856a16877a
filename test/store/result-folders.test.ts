// Which of the user's folders are looked into for what was left there.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { noteResultFolder, resultFolders } from "../../src/store/result-folders.js";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "oslm-folders-"));
});
afterEach(() => rmSync(state, { recursive: true }));

it("knows each once, the latest last, and the latest hundred of many", async () => {
  expect(await resultFolders(state)).toEqual([]);
  for (const folder of ["/a", "/b\nc", "/a"]) await noteResultFolder(state, folder);
  expect(await resultFolders(state)).toEqual(["/b\nc", "/a"]);
  for (let at = 0; at < 100; at++) await noteResultFolder(state, `/${at}`);
  expect(await resultFolders(state)).toEqual(Array.from({ length: 100 }, (_, at) => `/${at}`));
});

it.each(["", "{", "[]", '{"folders":7}', '{"folders":[7,null,"not/absolute"]}'])(
  "takes %j for no folder",
  async (text) => {
    writeFileSync(join(state, "result-folders.json"), text);
    expect(await resultFolders(state)).toEqual([]);
  },
);
