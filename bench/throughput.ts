// A pull against curl of the same file from the same server, in alternation: `node bench/run.mjs throughput [ROUNDS]`.
// curl neither verifies what it writes nor waits until it is on the disk; oslm does both, so the same by hand is shown too
// (TMPDIR=/dev/shm leaves the disk out). The second table has a server that answers after
// 20 ms and gives each connection 20 MB/s, as distant storage hosts do.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HubProcess, REPO, startHubProcess } from "./support/hub-process.js";
import { median, print, printMachine, run, runOslm } from "./support/measure.js";
import { makeModel } from "./support/models.js";

const rounds = Number(process.argv[3] ?? 7);
const bytes = 512 * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), "oslm-throughput-"));
const file = makeModel(join(folder, "m-Q8_0.gguf"), bytes);
const hub = await startHubProcess(file);

printMachine();
print(`${bytes / 2 ** 20} MiB, ${rounds} rounds, median`, "MiB/s", "x curl", "CPU s per GB");
await compare(hub, rounds);
print("20 ms, 20 MB/s a connection", "MiB/s", "x curl", "CPU s per GB");
await hub.report({ faults: [{ at: "cdn", delayMs: 20, bytesPerSecond: 20_000_000 }] });
await compare(hub, Math.min(rounds, 3));
hub.close();
rmSync(folder, { recursive: true });

interface Figures {
  readonly seconds: number[];
  readonly cpu: number[];
}

async function compare(server: HubProcess, times: number): Promise<void> {
  const none = (): Figures => ({ seconds: [], cpu: [] });
  const [curl, sync, hash, whole, transfer] = [none(), none(), none(), none(), none()];
  for (let round = 0; round < times; round++) {
    const target = join(folder, "curl.gguf");
    const url = `${server.endpoint}/${REPO}/resolve/main/m-Q8_0.gguf`;
    const plain = await run("curl", ["-sSL", "-o", target, url], { env: {} });
    if (plain.code !== 0) throw new Error(plain.stderr);
    curl.seconds.push(plain.seconds);
    const started = performance.now();
    execFileSync("sync", ["-d", target]);
    const synced = performance.now();
    sync.seconds.push(plain.seconds + (synced - started) / 1000);
    execFileSync("openssl", ["dgst", "-sha256", target]);
    hash.seconds.push(plain.seconds + (performance.now() - started) / 1000);
    rmSync(target);

    const home = join(folder, "home");
    await server.report();
    const pull = await runOslm(["pull", REPO, "--quiet"], { env: { HOME: home, HF_ENDPOINT: server.endpoint } });
    const ended = Date.now();
    if (pull.code !== 0) throw new Error(pull.stderr);
    whole.seconds.push(pull.seconds);
    whole.cpu.push(pull.cpuSeconds);
    transfer.seconds.push((ended - (await server.report()).firstAt) / 1000);
    rmSync(home, { recursive: true });
  }
  const base = median(curl.seconds);
  const row = (name: string, { seconds, cpu }: Figures) =>
    print(
      name,
      (bytes / 2 ** 20 / median(seconds)).toFixed(0),
      base / median(seconds),
      ...(cpu.length > 0 ? [(median(cpu) / bytes) * 1e9] : []),
    );
  row("curl", curl);
  row("curl, then sync", sync);
  row("curl, then sync and openssl dgst", hash);
  row("oslm pull, from the first weight byte", transfer);
  row("oslm pull, the whole command", whole);
}
