// What can go wrong with a pull, and with which codes its runs have to end.
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../../test/support/fake-hub.js";
import { BIN } from "../../test/support/oslm.js";
import { startTlsFront } from "../../test/support/tls-front.js";
import { type FaultRoom, FILE, REPO } from "./fault-room.js";
import { makeModel } from "./models.js";

export interface FaultCase {
  readonly name: string;
  /** The exit codes, one for each run. */
  readonly expected: readonly (number | null)[];
  /** Causes the fault and pulls; gives the exit codes, or undefined where the fault cannot be had. */
  run(room: FaultRoom): Promise<readonly (number | null)[] | undefined>;
}

/** Of random bytes; the header comes on top. */
export const MODEL_BYTES = 40_000_000;
const MIDDLE = 15_000_000;

/** Replies of the storage host, in order, once the header is there. */
function replies(name: string, expected: number, ...faults: readonly Fault[]): FaultCase {
  const run = async (room: FaultRoom) => {
    room.spoil(...faults);
    return [(await room.pull()).code];
  };
  return { name, expected: [expected], run };
}

/** Something that happens in the middle of a pull. */
function meanwhile(name: string, expected: number, happen: (room: FaultRoom) => unknown): FaultCase {
  const run = async (room: FaultRoom) => {
    room.slowDown();
    const pulled = room.pull();
    await room.untilSent(MIDDLE);
    await happen(room);
    return [(await pulled).code];
  };
  return { name, expected: [expected], run };
}

/** A signal in the middle of a pull, then another pull. */
function signalled(signal: NodeJS.Signals, code: number | null): FaultCase {
  const run = async (room: FaultRoom) => {
    room.slowDown();
    const first = await room.pull((child) => void room.untilSent(MIDDLE).then(() => child.kill(signal)));
    return [first.code, (await room.pull()).code];
  };
  return { name: `${signal} in the middle, then again`, expected: [code, 0], run };
}

/** A storage host that bears few connections, each of them slow. */
function crowded(name: string, beyond: "503" | "reset"): FaultCase {
  const run = async (room: FaultRoom) => {
    room.slowDown();
    Object.assign(room.hub.gate, { connections: 2, beyond });
    return [(await room.pull()).code];
  };
  return { name, expected: [0], run };
}

/** An endpoint that cannot be reached. */
function endpoint(name: string, open: (room: FaultRoom) => Promise<{ url: string; close(): unknown }>): FaultCase {
  const run = async (room: FaultRoom) => {
    const { url, close } = await open(room);
    room.env = { HF_ENDPOINT: url };
    const { code } = await room.pull();
    await close();
    return [code];
  };
  return { name, expected: [7], run };
}

const statuses = [408, 429, 500, 502, 503, 504].map((status) => replies(`${status} once`, 0, { status, times: 1 }));
const busy = (headers: Fault["headers"]): Fault => ({ status: 429, times: 1, ...(headers && { headers }) });
const inTwoSeconds = () => new Date(Date.now() + 2_000).toUTCString();
const secondPiece = /^bytes=8388608-/;

export const FAULTS: readonly FaultCase[] = [
  replies("none", 0),
  replies("no ranges", 0, { noRange: true }),
  replies("no ETag", 0, { headers: { etag: null } }),
  replies("no Content-Length", 0, { headers: { "content-length": null } }),
  replies("another ETag midway", 0, { headers: {}, times: 2 }, { headers: { etag: '"other"' } }),
  {
    name: "replaced by another file midway",
    expected: [8],
    async run(room) {
      const replacedBy = { file: makeModel(join(room.folder, "other.gguf"), MODEL_BYTES) };
      room.spoil({ headers: {}, times: 2 }, { replacedBy });
      return [(await room.pull()).code];
    },
  },
  meanwhile("branch moved", 0, ({ hub, folder }) => {
    const other = makeModel(join(folder, "other.gguf"), 1_000_000);
    return hub.push({ id: REPO, card: { license: "apache-2.0" }, files: { [FILE]: { file: other } } });
  }),
  meanwhile("signed address expired", 0, ({ hub }) => hub.expireLinks()),
  replies("a web page once", 8, { html: true, times: 1 }),
  replies("a web page always", 8, { html: true }),
  replies("body cut after 1 MB, 3 times", 0, { dropAfter: 1_000_000, times: 3 }),
  replies("file short on the server", 8, { truncateAt: 30_000_000 }),
  replies("wrong Content-Range once", 8, { headers: { "content-range": "bytes 5-9/10" }, times: 1 }),
  replies("wrong Content-Range always", 8, { headers: { "content-range": "bytes 5-9/10" } }),
  {
    name: "silence twice, 1 s allowed",
    expected: [0],
    async run(room) {
      room.spoil({ stallAfter: 1_000_000, times: 2 });
      room.env = { HF_HUB_DOWNLOAD_TIMEOUT: "1" };
      return [(await room.pull()).code];
    },
  },
  ...statuses,
  replies("429, Retry-After: 1", 0, busy({ "retry-after": "1" })),
  {
    name: "429, Retry-After: a date in 2 s",
    expected: [0],
    async run(room) {
      const pulled = room.pull();
      room.spoil(busy({ "retry-after": inTwoSeconds() }));
      return [(await pulled).code];
    },
  },
  replies('429, RateLimit: "resolvers";r=0;t=1', 0, busy({ ratelimit: '"resolvers";r=0;t=1' })),
  replies("404 from the storage host", 7, { status: 404 }),
  replies("503 always", 7, { status: 503 }),
  replies("connection reset 3 times", 0, { reset: true, times: 3 }),
  replies("connection reset always", 7, { reset: true }),
  crowded("at most 2 connections, else 503", "503"),
  crowded("at most 2 connections, else reset", "reset"),
  endpoint("connection refused", async () => ({ url: "http://127.0.0.1:1", close() {} })),
  endpoint("DNS: no such host", async () => ({ url: "http://hub.invalid", close() {} })),
  endpoint("TLS: certificate of an unknown CA", async ({ hub }) => {
    const front = await startTlsFront(hub.endpoint);
    return { url: `https://localhost:${front.port}`, close: front.close };
  }),
  {
    name: "one byte wrong once",
    expected: [0],
    async run(room) {
      room.spoil({ corruptAt: 10_000_000 });
      const pulled = room.pull();
      while (!room.hub.requests.some(({ headers }) => secondPiece.test(headers.range ?? ""))) await sleep(1);
      // The reply under way keeps its fault.
      await sleep(30);
      room.hub.faults.clear();
      return [(await pulled).code];
    },
  },
  replies("one byte wrong always", 8, { corruptAt: 10_000_000 }),
  onDisk("disk too small", "30m", ""),
  onDisk(
    "disk full in the middle",
    "60m",
    "until ls $HOME/.cache/huggingface/hub/*/blobs/*.incomplete; do sleep 0.1; done; head -c 35000000 /dev/zero > $HOME/filler",
  ),
  signalled("SIGINT", 130),
  signalled("SIGTERM", 143),
  signalled("SIGKILL", null),
  {
    name: "two processes at once",
    expected: [0, 0],
    async run(room) {
      room.slowDown();
      const both = await Promise.all([room.pull(), room.pull()]);
      return both.map(({ code }) => code);
    },
  },
];

/** A pull into a disk of this size, of a user namespace's own; `besides` runs in the background. */
function onDisk(name: string, size: string, besides: string): FaultCase {
  const run = (room: FaultRoom) => {
    room.slowDown();
    const kept = join(room.folder, "kept");
    mkdirSync(kept);
    const script = `mount -t tmpfs -o size=${size} tmpfs "$HOME" || exit 99
      (${besides || ":"}) >/dev/null 2>&1 &
      "${process.execPath}" "${BIN}" pull ${REPO} --quiet; code=$?
      rm -f "$HOME/filler"; cp -a "$HOME/." "${kept}"; exit $code`;
    const env = { PATH: process.env.PATH, ...room.fullEnv };
    return new Promise<readonly number[] | undefined>((resolve) => {
      const child = execFile("unshare", ["-r", "-m", "sh", "-c", script], { env });
      child.on("error", () => resolve(undefined));
      child.on("close", (code) => {
        room.home = kept;
        resolve(code === null || code === 99 || code === 1 ? undefined : [code]);
      });
    });
  };
  return { name, expected: [6], run };
}
