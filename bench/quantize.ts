// oslm quantize against a plain call of the library's function, in alternation: `node bench/run.mjs quantize [TYPES] [ROUNDS] [LAYERS]`,
// Q8_0,Q4_K_M once with the 22 layers of a model of 1.1 billion weights in F16. Ends with 1 when the files differ, or when oslm takes more
// than 1.1 times as long.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileType } from "../src/quantize/file-types.js";
import { nativeLibraries } from "../src/runtime/llama/native-libraries.js";
import { childrenOf } from "../test/support/children-of.js";
import { median, print, printMachine, run, runOslm } from "./support/measure.js";
import { oneBillion } from "./support/synthetic-models.js";
import { writeModel } from "./support/write-model.js";

const PLAIN = fileURLToPath(new URL("../test/support/plain-quantize.mjs", import.meta.url));
const MOST = 1.1;
const [types = "Q8_0,Q4_K_M", rounds = "1", layers = "22"] = process.argv.slice(3);
const library = nativeLibraries()?.llama ?? "";
const folder = mkdtempSync(join(tmpdir(), "oslm-bench-quantize-"));
const input = join(folder, "f16.gguf");
/** USER_HZ of Linux. */
const TICKS_PER_SECOND = 100;
let failures = 0;

function writeInput(): void {
  const model = oneBillion();
  const tensors = model.tensors
    .filter(({ name }) => Number(/^blk\.(\d+)/.exec(name)?.[1] ?? 0) < Number(layers))
    .map((tensor) => ({ ...tensor, type: tensor.type === "F32" ? ("F32" as const) : ("F16" as const) }));
  const metadata = { ...model.metadata, "llama.block_count": Number(layers) };
  writeModel(input, { ...model, metadata, tensors });
}

/** What the processes of the quantizer took: the most memory, in MiB, and processor seconds. Looked at until they end. */
function watch(pid: number): () => { readonly peak: number; readonly cpu: number } {
  let peak = 0;
  const ticks = new Map<number, number>();
  const timer = setInterval(() => {
    for (const child of [pid, ...childrenOf(pid, "quantizer")]) {
      try {
        const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, "utf8"))?.[1];
        peak = Math.max(peak, Number(kilobytes ?? 0) / 1024);
        const stat = readFileSync(`/proc/${child}/stat`, "utf8");
        const [user = 0, system = 0] = stat
          .slice(stat.lastIndexOf(")") + 2)
          .split(" ")
          .slice(11, 13)
          .map(Number);
        ticks.set(child, user + system);
      } catch {
        // It has ended.
      }
    }
  }, 50);
  return () => {
    clearInterval(timer);
    return { peak, cpu: [...ticks.values()].reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND };
  };
}

async function measured(start: (onStart: (child: { pid?: number | undefined }) => void) => ReturnType<typeof run>) {
  let stop = () => ({ peak: 0, cpu: 0 });
  const taken = await start((child) => {
    stop = watch(child.pid ?? 0);
  });
  if (taken.code !== 0) throw new Error(`exit ${taken.code}: ${taken.stderr}`);
  return { seconds: taken.seconds, ...stop() };
}

printMachine();
writeInput();
print("type", "oslm s", "plain s", "ratio", "oslm cpu s", "plain cpu s", "ratio", "oslm MiB", "plain MiB", "file MB");
for (const type of types.split(",")) {
  const [ours, plain] = [join(folder, "ours.gguf"), join(folder, "plain.gguf")];
  const env = { HOME: folder };
  const [own, others]: [Awaited<ReturnType<typeof measured>>[], Awaited<ReturnType<typeof measured>>[]] = [[], []];
  for (let round = 0; round < Number(rounds); round++) {
    const words = [PLAIN, library, input, plain, String(fileType(type)?.id), String(availableParallelism())];
    others.push(await measured((onStart) => run(process.execPath, words, { env, onStart })));
    own.push(await measured((onStart) => runOslm(["quantize", input, type, "-o", ours, "--force"], { env, onStart })));
  }
  const figures = (["seconds", "cpu"] as const).flatMap((key) => {
    const [one, other] = [own, others].map((all) => median(all.map((taken) => taken[key])));
    return [one ?? 0, other ?? 0, (one ?? 0) / (other ?? 0)];
  });
  const peaks = [own, others].map((all) => Math.max(...all.map(({ peak }) => peak)));
  const same = readFileSync(ours).equals(readFileSync(plain));
  print(type, ...figures, ...peaks, statSync(ours).size / 1e6, same ? "" : "the files differ");
  if (!same || (figures[2] ?? 0) > MOST) failures++;
}
rmSync(folder, { recursive: true });
if (failures > 0) process.exit(1);
