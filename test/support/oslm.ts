// Runs the built program as people and scripts do, in a home of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { type Dirent, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const BIN = fileURLToPath(new URL("../../bin/oslm.js", import.meta.url));
export const DEMO = fileURLToPath(new URL("../../assets/oslm-demo-q8_0.gguf", import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory; that of the tests where it is not given. */
  readonly cwd?: string;
  /** Piped in; without it stdin is at its end. */
  readonly stdin?: string;
  /** A limit that the shell puts on it, such as `["-v", 2_000_000]` (kilobytes). */
  readonly ulimit?: readonly [flag: string, value: number];
  /** Given the process once it runs, to send it signals. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** A fresh home folder with everything oslm reads or writes inside. */
export class Home {
  readonly path = mkdtempSync(join(tmpdir(), "oslm-home-"));
  readonly env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.env = { PATH: process.env.PATH ?? "", HOME: this.path, ...env };
  }

  get cache(): string {
    return join(this.path, ".cache", "huggingface", "hub");
  }

  /** All files and links below the home, relative to it. */
  files(): string[] {
    return this.#entries()
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.path.length + 1))
      .sort();
  }

  /** Read again where a program that runs meanwhile has taken a folder away. */
  #entries(): Dirent[] {
    for (;;) {
      try {
        return readdirSync(this.path, { recursive: true, withFileTypes: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !existsSync(this.path)) throw error;
      }
    }
  }

  /** The same without what is kept of license evidence. */
  filesButEvidence(): string[] {
    return this.files().filter((file) => !file.startsWith(".local/state/oslm/evidence/"));
  }

  run(args: readonly string[], { env = {}, cwd, stdin, ulimit, onStart }: RunOptions = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      const command = [process.execPath, BIN, ...args];
      const limited = ulimit && ["sh", "-c", `ulimit ${ulimit[0]} ${ulimit[1]} && exec "$0" "$@"`, ...command];
      const [program = "", ...words] = limited ?? command;
      const child = spawn(program, words, {
        env: { ...this.env, ...env },
        cwd,
        stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      });
      let stdout = "";
      let stderr = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.on("error", reject);
      child.on("close", (code) => {
        // Node says so of a file that nobody has closed, some time after; later versions end with it.
        if (stderr.includes("on garbage collection")) reject(new Error(stderr));
        else resolve({ code, stdout, stderr });
      });
      // The program may end before it has read everything.
      child.stdin?.on("error", () => {});
      child.stdin?.end(stdin);
      onStart?.(child);
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
