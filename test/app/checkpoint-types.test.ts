// What every architecture can become, foreseen from headers alone, beside what the library says of the real file.
import { rmSync } from "node:fs";
import { expect, it } from "vitest";
import { checkpointTypes } from "../../src/app/convert/checkpoint-types.js";
import { openFolder } from "../../src/convert/folder.js";
import { prepare } from "../../src/convert/prepare.js";
import { planQuantize } from "../../src/quantize/plan.js";
import { asking, callOf, LIBRARY, sourceOf } from "../quantize/room.js";
import { COHERES } from "../support/checkpoints/cohere.js";
import { convertFolder, vocabularyOf, writeCheckpoint } from "../support/checkpoints/compare.js";
import { DEEPSEEKS } from "../support/checkpoints/deepseek.js";
import { type Family, makeModel } from "../support/checkpoints/family.js";
import { GEMMAS } from "../support/checkpoints/gemma.js";
import { GPTS } from "../support/checkpoints/gpt.js";
import { GPT_OSS } from "../support/checkpoints/gpt-oss.js";
import { LLAMAS } from "../support/checkpoints/llama.js";
import { PHIS } from "../support/checkpoints/phi.js";
import { QWENS } from "../support/checkpoints/qwen.js";
import { SMALL_DIFFERENCES } from "../support/checkpoints/small-differences.js";

const ALL = [
  ...LLAMAS,
  ...QWENS,
  ...GEMMAS,
  ...PHIS,
  ...GPTS,
  ...DEEPSEEKS,
  ...GPT_OSS,
  ...COHERES,
  ...SMALL_DIFFERENCES,
];
/** One of each architecture. */
const FAMILIES = [
  ...new Map(ALL.map((family): [string, Family] => [JSON.stringify(family.config.architectures), family])).values(),
];
const QUANTS = ["Q8_0", "Q4_K_M"];

it.each(FAMILIES.map((family) => [family.name, family] as const))("%s", async (_, family) => {
  const path = writeCheckpoint(family, makeModel(family));
  try {
    const options = { general: [], vocabulary: async () => vocabularyOf() };
    const prepared = await prepare(await openFolder(path), options);
    const { candidates, typesOf, geometry } = await checkpointTypes(asking, prepared, {
      ...{ repo: "org/it", name: "it", asked: undefined },
    });
    await prepared.close();
    expect(geometry.architecture).toBe(prepared.architecture);
    expect(candidates.map(({ variant }) => variant.quant)).toEqual([
      ...["F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K"],
    ]);
    const real = await convertFolder(path, "F16");
    const calls = QUANTS.map((quant) => callOf(real, quant));
    const plans = await planQuantize(await sourceOf(real), { library: LIBRARY, calls }, asking);
    for (const [at, quant] of QUANTS.entries()) {
      const plan = plans[at];
      expect(typesOf(quant)).toEqual(new Map(plan?.tensors.map(({ name, to }) => [name, to])));
      expect(candidates.find(({ variant }) => variant.quant === quant)?.variant.size).toBe(plan?.result.fileSize);
    }
  } finally {
    rmSync(path, { recursive: true });
  }
});
