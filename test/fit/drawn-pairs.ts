// Repositories of the catalog's models, each on a machine of its own, drawn by chance. OSLM_TEST_SEED=7 draws others.
import { listCatalog } from "../../src/catalog/catalog.js";
import { type Choice, type ChoiceWishes, chooseVariant } from "../../src/fit/choose.js";
import { outline } from "../../src/fit/outline.js";
import type { Candidate } from "../../src/fit/weigh.js";
import { bitsPerWeight } from "../../src/model/quant.js";
import type { Gpu, Host } from "../../src/model/types.js";
import { type Random, random } from "../support/random.js";

const GB = 1_000_000_000;
const SEED = Number(process.env.OSLM_TEST_SEED ?? 1);

// As the larger publishers offer them; `unknown` stands for a name that tells nothing.
const QUANTS =
  "F16 BF16 Q8_0 Q6_K Q6_K_L Q5_K_M Q5_K_S Q5_1 Q5_0 UD-Q4_K_XL Q4_K_M Q4_K_S Q4_1 Q4_0 IQ4_NL IQ4_XS MXFP4 Q3_K_L Q3_K_M IQ3_M Q3_K_S IQ3_XXS UD-Q2_K_XL Q2_K IQ2_M IQ2_XXS IQ1_S unknown".split(
    " ",
  );
const MODELS = listCatalog().flatMap(({ name, sizes }) =>
  sizes.map((size) => ({ name: `${name}:${size.size}`, size })),
);

export interface Pair {
  readonly what: string;
  readonly candidates: readonly Candidate[];
  readonly host: Host;
  readonly wishes: ChoiceWishes;
  readonly choice: Choice;
}

function drawHost(chance: Random): Host {
  const ram = chance.size(2, 512) * GB;
  const gpu = (): Gpu => {
    const vram = chance.size(2, 80) * GB;
    return { name: chance.one(["RTX 4090", "RTX 3060", "?"]), backend: "cuda", vramTotal: vram, vramFree: vram };
  };
  const gpus = chance.chance(0.6) ? [] : chance.chance(0.8) ? [gpu()] : [gpu(), gpu()];
  const apple: Gpu = { name: "Apple GPU", backend: "metal", vramTotal: ram * 0.7, vramFree: ram * 0.7 };
  return {
    ramTotal: ram,
    ramAvailable: ram,
    cores: chance.one([1, 2, 4, 8, 16, 32]),
    gpus: chance.chance(0.1) ? [apple] : gpus,
    ...(chance.chance(0.5) && { bandwidth: chance.size(8, 400) * GB }),
    ...(chance.chance(0.2) && { margin: chance.one([0, 0.1, 0.3]) }),
  };
}

function draw(seed: number): Pair {
  const chance = random(seed);
  const { name, size } = chance.one(MODELS);
  const geometry = outline(size);
  const offered = QUANTS.filter(() => chance.chance(0.35));
  const candidates = (offered.length > 0 ? offered : ["Q4_K_M"]).map((quant): Candidate => {
    const bits = bitsPerWeight(quant) ?? chance.size(2, 16);
    const bytes = Math.round(((size.params * bits) / 8) * (0.97 + 0.06 * chance.next()));
    const file = { path: `${quant}.gguf`, size: bytes, gitOid: "0".repeat(40) };
    return { geometry, variant: { quant, size: bytes, files: [file] } };
  });
  const [twin] = candidates;
  // Two files that differ in their names only.
  if (twin !== undefined && chance.chance(0.2)) {
    const [file] = twin.variant.files;
    candidates.push({ geometry, variant: { ...twin.variant, quant: "unknown", files: [{ ...file, path: "a" }] } });
    candidates.push({ geometry, variant: { ...twin.variant, quant: "unknown", files: [{ ...file, path: "b" }] } });
  }
  const host = drawHost(chance);
  const wishes: ChoiceWishes = {
    prefer: chance.one(["balanced", "balanced", "quality", "speed", "context"]),
    ...(chance.chance(0.4) && { ctx: chance.one([512, 2048, 16_384, 32_768, 131_072]) }),
  };
  return { what: `seed ${seed}: ${name}`, candidates, host, wishes, choice: chooseVariant(candidates, host, wishes) };
}

export function drawPairs(count: number): readonly Pair[] {
  return Array.from({ length: count }, (_, index) => draw(SEED * 1_000_000 + index));
}

/** Names of the pairs that break the rule: all of them are seen at once. */
export function breaches<Some extends Pair>(of: readonly Some[], holds: (pair: Some) => boolean): string[] {
  return of.filter((pair) => !holds(pair)).map(({ what, wishes }) => `${what} ${JSON.stringify(wishes)}`);
}
