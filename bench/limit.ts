// The largest model that fits a limit on memory runs, the next is refused: `node bench/run.mjs limit [MIB]`, 2048 MiB without a number.
// Once with `ulimit -v`, and once with a control group of version 1 where one can be made below this process's own. Ends with 1 when a
// run is killed, one that oslm says fits does not run, or one that it says does not fit ends otherwise than with exit 6.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hollowLlama, writeHollow } from "../test/support/hollow-llama.js";
import { BIN } from "../test/support/oslm.js";
import { print, printMachine, run, type Taken } from "./support/measure.js";

const mebibytes = Number(process.argv[3] ?? 2048);
const folder = mkdtempSync(join(tmpdir(), "oslm-limit-"));
let failures = 0;

interface Limit {
  readonly name: string;
  /** What the shell does before oslm takes its place. */
  readonly enter: string;
}

/** Below the group of this process: its own limits stay in force. */
function makeGroup(): { readonly limit: Limit; readonly remove: () => void } | undefined {
  const own = /^\d+:memory:(\/.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
  const path = own && join("/sys/fs/cgroup/memory", own, `oslm-bench-${process.pid}`);
  if (!path || !existsSync("/sys/fs/cgroup/memory")) return undefined;
  try {
    mkdirSync(path);
    writeFileSync(join(path, "memory.limit_in_bytes"), String(mebibytes * 2 ** 20));
    const limit = { name: "control group", enter: `echo $$ > ${path}/cgroup.procs` };
    return { limit, remove: () => rmdirSync(path) };
  } catch {
    return undefined;
  }
}

async function oslm(layers: number, { enter }: Limit): Promise<Taken> {
  const path = join(folder, `${layers}.gguf`);
  writeHollow(path, hollowLlama(layers));
  const words = [process.execPath, BIN, "run", path, "hi", "-n", "1"];
  const taken = await run("sh", ["-c", `${enter} && exec "$0" "$@"`, ...words], { env: { HOME: folder } });
  rmSync(path);
  return taken;
}

/** By halves: the most layers that oslm takes. */
async function search(limit: Limit): Promise<void> {
  let [fits, fails] = [1, Math.ceil((mebibytes * 2 ** 20) / 12_600_000) + 1];
  while (fails - fits > 1) {
    const layers = Math.floor((fits + fails) / 2);
    const { code, stderr, peakMegabytes, seconds } = await oslm(layers, limit);
    const [fact = ""] = stderr.split("\n");
    print(`${limit.name}: ${layers} layers, ${(layers * 12.6).toFixed(0)} MB`, `exit ${code}`, peakMegabytes, seconds);
    if (code === 6) fails = layers;
    else if (code === 0) fits = layers;
    else {
      failures++;
      print(fact);
      fails = layers;
    }
  }
  print(`${limit.name}: largest that runs`, `${fits} layers`, `${(fits * 12.6).toFixed(0)} MB`);
}

printMachine();
print(`limit ${mebibytes} MiB`, "", "peak MiB", "seconds");
await search({ name: "ulimit -v", enter: `ulimit -v ${mebibytes * 1024}` });
const group = makeGroup();
if (group === undefined) print("control group: none can be made here");
else {
  await search(group.limit);
  group.remove();
}
rmSync(folder, { recursive: true });
if (failures > 0) process.exit(1);
