// Runs before every test file: each file that it opens through a handle, itself or in the program's modules, is closed again when it ends. One
// that is not Node closes whenever it collects garbage, with a warning that later versions make an error.
import type { EventEmitter } from "node:events";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, vi } from "vitest";

const { open } = fs;
/** Where those were opened that are open. */
const places = new Set<string>();

fs.open = async (...given) => {
  const { stack = "" } = new Error(String(given[0]));
  const file = await open(...given);
  const place = `${file.fd} ${stack}`;
  places.add(place);
  (file as EventEmitter & typeof file).once("close", () => places.delete(place));
  return file;
};
syncBuiltinESMExports();

afterAll(async () => {
  fs.open = open;
  syncBuiltinESMExports();
  // Whoever breaks work off does not wait for its end.
  await vi
    .waitUntil(() => places.size === 0, { timeout: 5_000 })
    .catch(() => {
      throw new Error(`left open: ${[...places].join("\n")}`);
    });
});
