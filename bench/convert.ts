// A 2 GB checkpoint into GGUF, against cp of the same bytes: `node bench/run.mjs convert [ROUNDS]`.
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hollowConfig, hollowShapes, writeFolder } from "../test/support/checkpoints/folder.js";
import { random } from "../test/support/random.js";
import { print, printMachine, run, runOslm } from "./support/measure.js";

const rounds = Number(process.argv[3] ?? 3);
const folder = mkdtempSync(join(tmpdir(), "oslm-convert-"));
const WIDTH = 2560;
const LAYERS = 24;
const checkpoint = join(folder, "checkpoint");
const env = { HOME: join(folder, "home") };
mkdirSync(env.HOME);

for (const dtype of ["F16", "BF16"] as const) {
  const largest = make(dtype);
  const source = join(checkpoint, "model.safetensors");
  const { size } = statSync(source);
  printMachine();
  print(`${(size / 1e9).toFixed(2)} GB of ${dtype}`, "peak MiB", "CPU s per GB", "seconds", "of cp");
  print("allowed: largest tensor x 3 + 200 MB", ((largest * 3 + 200e6) / 2 ** 20).toFixed(0));
  for (let round = 0; round < rounds; round++) {
    const target = join(folder, "out");
    const copied = await run("sh", ["-c", `cp "${source}" "${target}" && sync "${target}"`], { env: {} });
    rmSync(target);
    print("cp, sync", "", "", copied.seconds);
    for (const type of dtype === "F16" ? ["F16", "Q8_0"] : ["BF16", "F16", "Q8_0"]) {
      const made = await runOslm(["convert", checkpoint, "--type", type, "-o", target, "--quiet"], { env });
      if (made.code !== 0) throw new Error(made.stderr);
      rmSync(target);
      const share = (copied.seconds / made.seconds).toFixed(2);
      print(
        `oslm convert --type ${type}`,
        made.peakMegabytes.toFixed(0),
        (made.cpuSeconds / size) * 1e9,
        made.seconds,
        share,
      );
    }
  }
}
rmSync(folder, { recursive: true });

/** Gives the bytes of the largest tensor. */
function make(dtype: "F16" | "BF16"): number {
  writeFolder(checkpoint, { ...hollowConfig(WIDTH), num_hidden_layers: LAYERS });
  const shapes = hollowShapes(WIDTH, LAYERS);
  let at = 0;
  const header: Record<string, unknown> = {};
  const sizes: number[] = [];
  for (const [name, shape] of Object.entries(shapes)) {
    const bytes = shape.reduce((product, dim) => product * dim, 2);
    header[name] = { dtype, shape, data_offsets: [at, at + bytes] };
    sizes.push(bytes);
    at += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = join(checkpoint, "model.safetensors");
  writeFileSync(file, Buffer.concat([length, text]));
  const { next } = random(1);
  // Small numbers of both signs in either form.
  const block = Uint16Array.from(
    { length: 4 * 2 ** 20 },
    () => (next() < 0.5 ? 0x8000 : 0) | (0x2000 + Math.floor(next() * 0x1800)),
  );
  const bytes = new Uint8Array(block.buffer);
  const out = openSync(file, "a");
  for (let left = at; left > 0; left -= bytes.length) writeSync(out, bytes, 0, Math.min(left, bytes.length));
  closeSync(out);
  return Math.max(...sizes);
}
