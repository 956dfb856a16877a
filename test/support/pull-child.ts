// Runs the steps of a pull in a process of its own, for tests that kill it or run two at once. Loaded by run-ts.mjs.
// Arguments: endpoint, hub cache, state folder, repository. Writes lines: "waiting", "progress N", "done FETCHED".
import { download } from "../../src/download/download.js";
import { hubJobs } from "../../src/download/job.js";
import { createHub } from "../../src/hub/hub.js";
import { isRepoId } from "../../src/model/types.js";
import { tryLock, waitForLock } from "../../src/store/lock.js";
import { Store } from "../../src/store/store.js";
import { builtHasher } from "./store-room.js";

const [endpoint = "", cache = "", state = "", repo = ""] = process.argv.slice(3);
const say = (line: string) => process.stdout.write(`${line}\n`);

if (!isRepoId(repo)) throw new Error(repo);
const hub = createHub({ endpoint });
const store = new Store({ hubCache: cache, state, data: `${state}/data` });
const snapshot = await hub.snapshot(repo);
let release = await tryLock(store.lockPath(repo));
if (release === undefined) {
  say("waiting");
  release = await waitForLock(store.lockPath(repo));
}
const { missing } = await store.inspect(snapshot, snapshot.files);
const jobs = hubJobs(hub, store.layout(repo), snapshot, missing);
const hasher = builtHasher();
for await (const event of download(jobs, { http: hub.http, hasher })) {
  if (event.type === "progress") say(`progress ${event.received}`);
}
const license = { id: "mit", class: "permissive" } as const;
const model = { name: repo, ref: repo, quant: "Q8_0", license, addedAt: "2026-01-01T00:00:00.000Z" };
await store.add(snapshot, snapshot.files, model);
await release();
await hasher.close();
say(`done ${missing.length}`);
