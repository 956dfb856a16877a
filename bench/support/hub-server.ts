// The process behind hub-process.ts.
import { readFileSync, statSync } from "node:fs";
import type { FakeContent } from "../../test/support/fake-hub/types.js";
import { type FakeRepo, startFakeHub } from "../../test/support/fake-hub.js";
import type { HubOrder, HubReport } from "./hub-process.js";

const given: FakeRepo = JSON.parse(process.env.BENCH_REPO ?? "{}");
const files = Object.entries(given.files).map(([path, content]) => [path, inMemory(content)] as const);
const repo: FakeRepo = { ...given, files: Object.fromEntries(files), lfs: () => true };
const hub = await startFakeHub({ repos: [repo] });
let firstAt = 0;
const push = hub.requests.push.bind(hub.requests);
hub.requests.push = (...requests) => {
  if (firstAt === 0 && requests.some(({ host, headers }) => host === "cdn" && headers.range !== "bytes=0-65535")) {
    firstAt = Date.now();
  }
  return push(...requests);
};
process.on("message", ({ faults }: HubOrder) => {
  const answered = hub.requests.filter(({ host }) => host === "cdn");
  const sent = answered.reduce((sum, request) => sum + request.sent, 0);
  const report: HubReport = { endpoint: hub.endpoint, sent, requests: answered.length, firstAt };
  process.send?.(report);
  hub.requests.length = 0;
  firstAt = 0;
  if (faults) hub.faults.set("m-Q8_0.gguf", ...faults);
});
// The measurement has ended, however it did.
process.on("disconnect", () => process.exit());
process.send?.("ready");

/** Whoever is measured has the processors for themselves then, as far as that can be. */
function inMemory(content: FakeContent): FakeContent {
  if (!("file" in content) || statSync(content.file).size >= 2 ** 30) return content;
  return readFileSync(content.file);
}
