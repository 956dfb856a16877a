// Takes all pictures and writes those anew that are not what the program shows; see scripts/pictures.mjs.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sayPicture } from "./say.js";
import { SCENES } from "./scenes.js";
import { drawScreen } from "./svg.js";
import { COLUMNS, startPictureHub, take } from "./take.js";

export const FOLDER = join(import.meta.dirname, "../../../docs/pictures");

/** @returns the names of those that were written: figures that differ each time are no reason */
export async function drawPictures(all = false): Promise<string[]> {
  mkdirSync(FOLDER, { recursive: true });
  const hub = await startPictureHub();
  const written: string[] = [];
  try {
    for (const scene of SCENES) {
      const path = join(FOLDER, `${scene.name}.svg`);
      const svg = drawScreen(await take(scene, hub), COLUMNS, scene.title);
      const [now, before] = [svg, read(path)].map((one) => sayPicture(one, scene.varies).join("\n"));
      if (now === before && !all) continue;
      writeFileSync(path, svg);
      written.push(scene.name);
    }
  } finally {
    await hub.close();
  }
  return written;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
