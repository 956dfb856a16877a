// What each fault of a server, a line, a disk or a person costs: `node bench/run.mjs faults [MEGABYTES]`.
// "fetched" is what left the storage host, as a share of the file. A clean store holds the model with the right bytes, or
// nothing under a blob's name that is wrong, and no leftover that `oslm prune` does not see.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type FakeHub, type Fault, startFakeHub } from "../test/support/fake-hub.js";
import { BIN } from "../test/support/oslm.js";
import { startTlsFront } from "../test/support/tls-front.js";
import { print, printMachine, runOslm, type Taken } from "./support/measure.js";
import { makeModel, stateOf } from "./support/models.js";

const MB = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), "oslm-faults-"));
const file = makeModel(join(folder, "m-Q8_0.gguf"), Number(process.argv[3] ?? 40) * MB);
const content = readFileSync(file);
const sha256 = createHash("sha256").update(content).digest("hex");
const ID = "org/bench-GGUF";
const REF = `${ID}@main`;

interface Scene {
  readonly hub: FakeHub;
  readonly env: Readonly<Record<string, string>>;
  readonly pull: (env?: Readonly<Record<string, string>>) => Promise<Taken>;
}

type Play = (scene: Scene) => Promise<Taken | Taken["code"]>;

/** A pull through faults of the storage host. */
const faulty =
  (...faults: readonly Fault[]): Play =>
  ({ hub, pull }) => {
    hub.faults.set("m-Q8_0.gguf", ...faults.map((fault): Fault => ({ at: "cdn", ...fault })));
    return pull();
  };

/** A pull that is stopped by a signal after a while, and one that goes on. */
const stopped =
  (signal: NodeJS.Signals): Play =>
  async ({ hub, env, pull }) => {
    hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 12 * MB });
    const child = spawn(process.execPath, [BIN, "pull", REF, "--quiet"], {
      env: { ...process.env, ...env },
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    while (hub.requests.reduce((sum, { sent }) => sum + sent, 0) < content.length / 3) await sleep(20);
    child.kill(signal);
    await ended;
    hub.faults.clear();
    return pull();
  };

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** The first reply is the header's, which is read before anything is fetched. */
const HEADER: Fault = { times: 1, delayMs: 1 };
const once = (fault: Fault): Play => faulty(HEADER, { times: 1, ...fault });
/** In the second piece, which is among the first four replies. */
const BYTE = 9 * MB;
const middle = Math.floor(content.length / 2);

const PLAYS: Readonly<Record<string, Play>> = {
  none: faulty(),
  "no ranges": faulty({ noRange: true }),
  "ETag changes in the middle": async ({ hub, pull }) => {
    hub.faults.set(
      "m-Q8_0.gguf",
      { at: "cdn", times: 2, bytesPerSecond: 200 * MB },
      { at: "cdn", headers: { etag: '"another"' }, bytesPerSecond: 200 * MB },
    );
    return pull();
  },
  "no ETag": faulty({ headers: { etag: null }, bytesPerSecond: 200 * MB }),
  "branch moves in the middle": async ({ hub, pull }) => {
    hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 20 * MB });
    const pulled = pull();
    await until(hub, content.length / 4);
    await hub.push({ id: ID, files: { "m-Q8_0.gguf": Buffer.concat([content, Buffer.from("more")]) } });
    return pulled;
  },
  "signed address expires": async ({ hub, pull }) => {
    hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 20 * MB });
    const pulled = pull();
    await until(hub, content.length / 4);
    hub.expireLinks();
    return pulled;
  },
  "web page in place of the file": faulty(HEADER, { html: true }),
  "short body, cut off": once({ dropAfter: 3 * MB }),
  "every connection cut after 3 MB": faulty({ dropAfter: 3 * MB }),
  "file shorter than listed": faulty(HEADER, { truncateAt: middle }),
  "wrong Content-Range": faulty(HEADER, {
    headers: { "content-range": `bytes 7-${content.length + 6}/${content.length + 7}` },
    bytesPerSecond: 200 * MB,
  }),
  "silence (limit 1 s)": ({ hub, pull }) => {
    hub.faults.set("m-Q8_0.gguf", { at: "cdn", times: 2, stallAfter: 2 * MB });
    return pull({ HF_HUB_DOWNLOAD_TIMEOUT: "1" });
  },
  "408 once": once({ status: 408 }),
  "429, Retry-After: 1": once({ status: 429, headers: { "retry-after": "1" } }),
  "429, Retry-After as a date": once({
    status: 429,
    headers: { "retry-after": new Date(Date.now() + 2_000).toUTCString() },
  }),
  "429, RateLimit t=1": once({ status: 429, headers: { ratelimit: '"resolvers";r=0;t=1' } }),
  "500 once": once({ status: 500 }),
  "502 once": once({ status: 502 }),
  "503 three times": faulty(HEADER, { times: 3, status: 503 }),
  "504 once": once({ status: 504 }),
  "503 always": faulty(HEADER, { status: 503 }),
  "404 from the storage host": faulty(HEADER, { status: 404 }),
  "host name not found": ({ pull }) => pull({ HF_ENDPOINT: "http://no-such-host.invalid" }),
  "connection refused": ({ pull }) => pull({ HF_ENDPOINT: "http://127.0.0.1:1" }),
  "certificate not trusted": async ({ hub, pull }) => {
    const front = await startTlsFront(hub.endpoint);
    const taken = await pull({ HF_ENDPOINT: `https://localhost:${front.port}` });
    await front.close();
    return taken;
  },
  "one byte wrong once": faulty({ times: 4, corruptAt: BYTE }),
  "one byte wrong always": faulty({ corruptAt: middle }),
  "disk full in the middle": fullDisk,
  "Ctrl-C, then again": stopped("SIGINT"),
  "SIGTERM, then again": stopped("SIGTERM"),
  "SIGKILL, then again": stopped("SIGKILL"),
  "two pulls at once": async ({ hub, pull }) => {
    hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 20 * MB });
    const [first, second] = await Promise.all([pull(), pull()]);
    return first.code === 0 ? second : first;
  },
};

async function until(hub: FakeHub, bytes: number): Promise<void> {
  while (hub.requests.reduce((sum, { sent }) => sum + sent, 0) < bytes) await sleep(10);
}

/** On a small disk of its own, where this system lets us make one. */
async function fullDisk({ hub, env }: Scene): Promise<Taken["code"]> {
  const cache = join(env.HOME ?? "", ".cache/huggingface/hub");
  mkdirSync(cache, { recursive: true });
  hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 4 * MB });
  // The room is there when it is asked for, and taken by somebody else a moment later.
  const script =
    'mount -t tmpfs -o size=64m none "$0" && { (sleep 1; head -c 50000000 /dev/zero > "$0/other") & "$@"; code=$?; rm -f "$0/other"; ls "$0"/*/blobs | grep -q incomplete || exit 99; exit $code; }';
  const command = [process.execPath, BIN, "pull", REF, "--quiet"];
  const child = spawn("unshare", ["-rm", "sh", "-c", script, cache, ...command], {
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
  return new Promise((resolve) => child.once("close", resolve).once("error", () => resolve(null)));
}

async function isClean(cache: string, code: number | null, env: Scene["env"]): Promise<string> {
  const { stored, wrong, leftovers } = stateOf(cache, sha256);
  const args = [BIN, "prune", "--dry-run", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  const unseen = leftovers.filter((name) => !stdout.includes(name.replace(/\.ranges$/, "")));
  if (wrong > 0 || unseen.length > 0 || (code === 0) !== stored) return "NO";
  return leftovers.length > 0 ? "yes, resumable" : stored ? "yes, stored" : "yes, empty";
}

printMachine();
print(`${content.length} bytes`, "fetched", "exit", "clean", "seconds");
for (const [name, play] of Object.entries(PLAYS)) {
  const hub = await startFakeHub({
    repos: [{ id: ID, files: { "m-Q8_0.gguf": { file } }, card: { license: "apache-2.0" } }],
  });
  const env = { HOME: join(folder, "home"), HF_ENDPOINT: hub.endpoint };
  mkdirSync(env.HOME);
  const pull: Scene["pull"] = (more = {}) => runOslm(["pull", REF, "--quiet"], { env: { ...env, ...more } });
  const started = performance.now();
  const taken = await play({ hub, env, pull });
  const seconds = (performance.now() - started) / 1000;
  const code = typeof taken === "object" && taken !== null ? taken.code : taken;
  const sent = hub.requests.filter(({ host }) => host === "cdn").reduce((sum, request) => sum + request.sent, 0);
  const clean =
    code === null ? "not possible here" : await isClean(join(env.HOME, ".cache/huggingface/hub"), code, env);
  print(name, sent / content.length, String(code), clean, seconds.toFixed(1));
  await hub.close();
  rmSync(env.HOME, { recursive: true });
}
rmSync(folder, { recursive: true });
