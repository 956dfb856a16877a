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
import { ONE_BILLION } from "./support/synthetic-models.js";
import { writeModel } from "./support/write-model.js";

const PLAIN = fileURLToPath(new URL("../test/support/plain-quantize.mjs", import.meta.url));
const MOST = 1.1;
const [types = "Q8_0,Q4_K_M", rounds = "1", layers = "22"] = process.argv.slice(3);
const library = nativeLibraries()?.llama ?? "";
const folder = mkdtempSync(join(tmpdir(), "oslm-bench-quantize-"));
const input = join(folder, "f16.gguf");
let failures = 0;

function writeInput(): void {
  const model = ONE_BILLION();
  const tensors = model.tensors
    .filter(({ name }) => Number(/^blk\.(\d+)/.exec(name)?.[1] ?? 0) < Number(layers))
    .map((tensor) => ({ ...tensor, type: tensor.type === "F32" ? ("F32" as const) : ("F16" as const) }));
  const metadata = { ...model.metadata, "llama.block_count": Number(layers) };
  writeModel(input, { ...model, metadata, tensors });
}

/** The most memory that the quantizer's process held, in MiB; looked at until it ends. */
function watch(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => {
    for (const child of [pid, ...childrenOf(pid, "quantizer")]) {
      try {
        const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, "utf8"))?.[1];
        most = Math.max(most, Number(kilobytes ?? 0) / 1024);
      } catch {
        // It has ended.
      }
    }
  }, 100);
  return () => {
    clearInterval(timer);
    return most;
  };
}

async function measured(start: (onStart: (child: { pid?: number | undefined }) => void) => ReturnType<typeof run>) {
  let stop = () => 0;
  const taken = await start((child) => {
    stop = watch(child.pid ?? 0);
  });
  const peak = stop();
  if (taken.code !== 0) throw new Error(`exit ${taken.code}: ${taken.stderr}`);
  return { seconds: taken.seconds, peak };
}

printMachine();
writeInput();
print("type", "oslm s", "plain s", "ratio", "oslm MiB", "plain MiB", "file MB");
for (const type of types.split(",")) {
  const [ours, plain] = [join(folder, "ours.gguf"), join(folder, "plain.gguf")];
  const env = { HOME: folder };
  const taken: { ours: number[]; plain: number[] } = { ours: [], plain: [] };
  const peaks = { ours: 0, plain: 0 };
  for (let round = 0; round < Number(rounds); round++) {
    const words = [PLAIN, library, input, plain, String(fileType(type)?.id), String(availableParallelism())];
    const one = await measured((onStart) => run(process.execPath, words, { env, onStart }));
    const other = await measured((onStart) =>
      runOslm(["quantize", input, type, "-o", ours, "--force"], { env, onStart }),
    );
    taken.plain.push(one.seconds);
    taken.ours.push(other.seconds);
    peaks.plain = Math.max(peaks.plain, one.peak);
    peaks.ours = Math.max(peaks.ours, other.peak);
  }
  const ratio = median(taken.ours) / median(taken.plain);
  const same = readFileSync(ours).equals(readFileSync(plain));
  const cells = [median(taken.ours), median(taken.plain), ratio, peaks.ours, peaks.plain, statSync(ours).size / 1e6];
  print(type, ...cells, same ? "" : "the files differ");
  if (!same || ratio > MOST) failures++;
}
rmSync(folder, { recursive: true });
if (failures > 0) process.exit(1);
