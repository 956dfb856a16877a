// The measured memory bandwidth of this machine, kept so that it is measured once.
import { lstat, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseObject } from "../model/parse-object.js";
import { makeFolder } from "./make-folder.js";

export interface MeasuredBandwidth {
  /** As the system names the processor: the state folder may travel to another machine. */
  readonly cpu: string;
  readonly cores: number;
  readonly bytesPerSecond: number;
  /** ISO 8601, UTC. */
  readonly measuredAt: string;
}

const MAX_BYTES = 4096;
/** No memory of a machine that runs models is slower or faster. */
const [LEAST, MOST] = [1e8, 1e14];

/** What was measured on this processor with so many cores; undefined when nothing was, or the file makes no sense. */
export async function readBandwidth(path: string, cpu: string, cores: number): Promise<number | undefined> {
  try {
    const stat = await lstat(path);
    if (!stat.isFile() || stat.size > MAX_BYTES) return undefined;
    const kept = parseObject(await readFile(path, "utf8"));
    const speed = kept?.bytesPerSecond;
    const here = kept?.cpu === cpu && kept?.cores === cores;
    return here && typeof speed === "number" && speed >= LEAST && speed <= MOST ? speed : undefined;
  } catch {
    return undefined;
  }
}

/** Only a convenience: a folder that cannot be written must not stop anything. */
export async function writeBandwidth(path: string, measured: MeasuredBandwidth): Promise<void> {
  const passing = `${path}.${process.pid}`;
  try {
    await makeFolder(dirname(path));
    await writeFile(passing, `${JSON.stringify(measured)}\n`, { flag: "wx" });
    await rename(passing, path);
  } catch {
    await rm(passing, { force: true }).catch(() => undefined);
  }
}
