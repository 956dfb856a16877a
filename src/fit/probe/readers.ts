// The probe's eyes: everything it asks the machine, in one place, so that tests can answer instead.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import os from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import type { Bytes } from "../../model/types.js";

export interface Readers {
  readonly platform: string;
  readonly arch: string;
  readonly totalMemory: Bytes;
  readonly freeMemory: Bytes;
  /** Logical processors this process may run on. */
  readonly parallelism: number;
  /** What libuv knows of a limit; 0 or absurdly large for none. */
  readonly constrainedMemory: Bytes;
  /** CUDA_VISIBLE_DEVICES; undefined when not set. */
  readonly visibleDevices: string | undefined;
  /** Text of a file, null when it cannot be read. */
  readText(path: string): Promise<string | null>;
  /** Standard output of a program, null when it is missing, fails, or takes too long. */
  run(program: string, args: readonly string[]): Promise<string | null>;
}

function isHere(program: string): boolean {
  if (process.platform === "win32") return true;
  const folders = isAbsolute(program) ? [""] : (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** nvidia-smi takes 20-500 ms; a driver in trouble lets it hang. */
const PROGRAM_TIMEOUT_MS = 2000;

export function realReaders(): Readers {
  return {
    platform: process.platform,
    arch: process.arch,
    totalMemory: os.totalmem(),
    freeMemory: os.freemem(),
    parallelism: os.availableParallelism(),
    constrainedMemory: process.constrainedMemory(),
    visibleDevices: process.env.CUDA_VISIBLE_DEVICES,
    readText: (path) => readFile(path, "utf8").catch(() => null),
    run: (program, args) =>
      new Promise((resolve) => {
        // A start that fails takes as long as one that works.
        if (!isHere(program)) return resolve(null);
        const options = { timeout: PROGRAM_TIMEOUT_MS, killSignal: "SIGKILL", windowsHide: true } as const;
        execFile(program, args, options, (error, stdout) => resolve(error ? null : stdout));
      }),
  };
}
