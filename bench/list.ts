// `oslm list` of 2,000 stored models against the start of bare Node, in alternation: `node bench/run.mjs list [ROUNDS]`.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sha256 } from "../src/model/types.js";
import { writeIndex } from "../src/store/index-file.js";
import { CA_FILE } from "../test/support/tls-front.js";
import { median, print, printMachine, run, runOslm } from "./support/measure.js";

const rounds = Number(process.argv[3] ?? 21);
const count = 2_000;
const home = mkdtempSync(join(tmpdir(), "oslm-list-"));
const models = Array.from({ length: count }, (_, index) => {
  const repo = `org-${index % 40}/model-${index}-GGUF`;
  const commit = createHash("sha1").update(repo).digest("hex");
  const sha256 = createHash("sha256").update(repo).digest("hex") as Sha256;
  const root = join(home, ".cache/huggingface/hub", `models--${repo.replace("/", "--")}`);
  const snapshot = join(root, "snapshots", commit);
  for (const folder of [join(root, "blobs"), join(root, "refs"), snapshot]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(root, "blobs", sha256), repo);
  writeFileSync(join(root, "refs/main"), commit);
  symlinkSync(`../../blobs/${sha256}`, join(snapshot, "m-Q8_0.gguf"));
  const name = `${repo}:Q8_0`;
  const files = [{ path: "m-Q8_0.gguf", size: repo.length, sha256 }];
  const path = join(snapshot, "m-Q8_0.gguf");
  const license = { id: "mit", class: "permissive" } as const;
  const addedAt = "2026-01-01T00:00:00.000Z";
  const lastUsedAt = null;
  return { name, ref: repo, repo, commit, quant: "Q8_0", size: repo.length, path, files, license, addedAt, lastUsedAt };
});
const state = join(home, ".local/state/oslm");
mkdirSync(state, { recursive: true });
await writeIndex(join(state, "index.json"), models);

// Node itself starts twice as slowly where NODE_EXTRA_CA_CERTS is set, as on many machines of companies: both are shown.
// Wherever this environment keeps its models: they are not what is measured.
const OWN = {
  HF_HOME: "",
  HF_HUB_CACHE: "",
  HUGGINGFACE_HUB_CACHE: "",
  XDG_CACHE_HOME: "",
  XDG_STATE_HOME: "",
  OSLM_HOME: "",
};
const settings = {
  "empty environment": {},
  "NODE_EXTRA_CA_CERTS set": { NODE_EXTRA_CA_CERTS: CA_FILE },
  "this environment": process.env as Record<string, string>,
};
printMachine();
print(`${count} models, ${rounds} rounds, median`, "node -e 0", "oslm list", "x node");
for (const [name, setting] of Object.entries(settings)) {
  // Without the hook that looks at what a process has used: it would slow down both.
  const env = { ...setting, NODE_OPTIONS: "", HOME: home, ...OWN };
  const [start, list] = [[] as number[], [] as number[]];
  for (let round = 0; round < rounds; round++) {
    start.push((await run(process.execPath, ["-e", "0"], { env })).seconds);
    const { code, seconds, stderr } = await runOslm(["list", "--json=name"], { env });
    if (code !== 0) throw new Error(stderr);
    list.push(seconds);
  }
  const ms = (values: readonly number[]) => `${(median(values) * 1000).toFixed(0)} ms`;
  print(name, ms(start), ms(list), median(list) / median(start));
}
rmSync(home, { recursive: true });
