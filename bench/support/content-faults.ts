// Replies that are not what was asked for: other bytes, other lengths, other forms.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../../test/support/fake-hub.js";
import { type FaultCase, MODEL_BYTES, meanwhile, replies } from "./fault-case.js";
import { type FaultRoom, FILE, REPO } from "./fault-room.js";
import { makeModel } from "./models.js";

const gzip: Fault = { headers: { "content-encoding": "gzip" } };
const secondPiece = /^bytes=8388608-/;

export const CONTENT_FAULTS: readonly FaultCase[] = [
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
  replies("a web page once", 0, { html: true, times: 1 }),
  replies("a web page always", 8, { html: true }),
  replies("file short on the server", 8, { truncateAt: 30_000_000 }),
  replies("wrong Content-Range once", 0, { headers: { "content-range": "bytes 5-9/10" }, times: 1 }),
  replies("wrong Content-Range always", 8, { headers: { "content-range": "bytes 5-9/10" } }),
  replies("wrong Content-Length once", 0, { wrongContentLength: 1000, times: 1 }),
  replies("compressed once", 0, { ...gzip, times: 1 }),
  replies("compressed always", 8, gzip),
  replies("ranges answered with their first 3 MB", 0, { atMost: 3_000_000 }),
  replies("no ranges twice midway", 0, { headers: {}, times: 1 }, { noRange: true, times: 2 }),
  replies("no ranges any more", 0, { headers: {}, times: 1 }, { noRange: true }),
  header("a web page in place of the header once", 0, { html: true, times: 1 }),
  header("a web page in place of the header always", 8, { html: true }),
  header("compressed header once", 0, { ...gzip, times: 1 }),
  header("header of another length once", 0, { headers: { "content-range": "bytes 0-9/10" }, times: 1 }),
  header("header in parts of 8 KiB", 0, { atMost: 8192, times: 8 }),
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
];

/** The same for the first reply of the storage host. */
function header(name: string, expected: number, fault: Fault): FaultCase {
  const run = async (room: FaultRoom) => {
    room.hub.faults.set(FILE, { at: "cdn", ...fault });
    return [(await room.pull()).code];
  };
  return { name, expected: [expected], run };
}
