// Pulls through every fault that can be caused here: `node bench/run.mjs faults [PART OF A NAME]`. Bytes are counted as
// they leave the storage host. Ends with 1 when a run ends otherwise than it has to, or leaves a store that is not clean.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FaultCase, MODEL_BYTES } from "./support/fault-case.js";
import { FAULTS } from "./support/fault-list.js";
import { FaultRoom } from "./support/fault-room.js";
import { print, printMachine } from "./support/measure.js";
import { makeModel, stateOf } from "./support/models.js";
import { unseenBy } from "./support/prunable.js";

const wanted = process.argv[3] ?? "";
const folder = mkdtempSync(join(tmpdir(), "oslm-fault-model-"));
const file = makeModel(join(folder, "m.gguf"), MODEL_BYTES);
const bytes = readFileSync(file);
const sha256 = createHash("sha256").update(bytes).digest("hex");

printMachine();
print(`fault (file of ${bytes.length} bytes)`, "fetched / size", "exit code", "seconds", "store");
let failed = 0;
for (const fault of FAULTS) if (fault.name.includes(wanted)) await show(fault);
rmSync(folder, { recursive: true });
if (failed > 0) {
  print(`${failed} not as they have to be`);
  process.exit(1);
}

async function show(fault: FaultCase): Promise<void> {
  const room = await FaultRoom.open(file);
  try {
    const started = performance.now();
    const codes = await fault.run(room);
    const seconds = (performance.now() - started) / 1000;
    if (codes === undefined) return print(fault.name, "skipped: it cannot be caused here");
    const store = await describe(room, codes.at(-1) === 0);
    const isRight = String(codes) === String(fault.expected) && store.clean;
    if (!isRight) failed++;
    const shown = codes.map((code) => code ?? "killed").join(", ");
    const remark = isRight ? "" : `  <- expected ${fault.expected.map((code) => code ?? "killed").join(", ")}`;
    print(fault.name, room.sent / bytes.length, shown, seconds, `${store.text}${remark}`);
  } finally {
    await room.close();
  }
}

/** After a success the whole model and nothing else; otherwise nothing but what the next pull or `oslm prune` takes up. */
async function describe(room: FaultRoom, succeeded: boolean): Promise<{ clean: boolean; text: string }> {
  const { stored, wrong, leftovers } = stateOf(room.cache, sha256);
  const unseen = await unseenBy(room.fullEnv, leftovers);
  if (wrong > 0) return { clean: false, text: `${wrong} wrong files` };
  if (unseen.length > 0) return { clean: false, text: `not seen by prune: ${unseen.join(" ")}` };
  if (succeeded !== stored) return { clean: false, text: stored ? "stored all the same" : "not stored" };
  if (succeeded && leftovers.length > 0) return { clean: false, text: `left: ${leftovers.join(" ")}` };
  return { clean: true, text: succeeded ? "model" : leftovers.length > 0 ? "part kept" : "nothing" };
}
