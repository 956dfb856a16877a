// One pull's world: a Hub with the model, a fresh home, and ways to pull and to interfere.
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FakeHub, type FakeHubOptions, type Fault, startFakeHub } from "../../test/support/fake-hub.js";
import { runOslm, type Taken } from "./measure.js";

export const REPO = "org/bench-GGUF";
export const FILE = "m-Q8_0.gguf";

/** The first reply of the storage host brings the header; faults after this one strike the download. */
export const afterHeader: Fault = { at: "cdn", times: 1, headers: {} };

export class FaultRoom {
  readonly folder = mkdtempSync(join(tmpdir(), "oslm-faults-"));
  /** The folder to be looked at when all is over. */
  home = join(this.folder, "home");
  /** Added to the environment of the pulls. */
  env: Record<string, string> = {};

  private constructor(
    readonly hub: FakeHub,
    /** The file that the Hub has. */
    readonly model: string,
  ) {
    mkdirSync(this.home);
  }

  static async open(model: string, options: Partial<FakeHubOptions> = {}): Promise<FaultRoom> {
    const files = { [FILE]: { file: model } };
    const repos = [{ id: REPO, card: { license: "apache-2.0" }, files }];
    return new FaultRoom(await startFakeHub({ ...options, repos }), model);
  }

  get fullEnv(): Record<string, string> {
    return { HOME: this.home, HF_ENDPOINT: this.hub.endpoint, ...this.env };
  }

  get cache(): string {
    return join(this.home, ".cache/huggingface/hub");
  }

  /** Replies of the storage host after the header; each is used up before the next. */
  spoil(...faults: readonly Fault[]): void {
    this.hub.faults.set(FILE, afterHeader, ...faults.map((fault) => ({ at: "cdn", ...fault }) as const));
  }

  /** Makes every connection slow, so that something can happen in the middle. */
  slowDown(): void {
    this.spoil({ bytesPerSecond: 12_000_000 });
  }

  async pull(onStart: (child: ChildProcess) => void = () => {}): Promise<Taken> {
    return runOslm(["pull", REPO, "--quiet"], { env: this.fullEnv, onStart });
  }

  /** Body bytes that the storage host has sent. */
  get sent(): number {
    return this.hub.requests.reduce((sum, { host, sent }) => sum + (host === "cdn" ? sent : 0), 0);
  }

  /** Resolves when the storage host has sent so many bytes. */
  async untilSent(bytes: number): Promise<void> {
    while (this.sent < bytes) await sleep(10);
  }

  async close(): Promise<void> {
    await this.hub.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
