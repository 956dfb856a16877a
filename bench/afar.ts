// What a decision over a repository of 25 variants takes from afar: `node bench/run.mjs afar [ROUNDS]`. The Hub is on this machine and
// answers after 50 ms, or at once; the difference of the medians is what the network costs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeHub } from "../test/support/fake-hub.js";
import { tinyGguf } from "../test/support/tiny-gguf.js";
import { median, print, printMachine, runOslm } from "./support/measure.js";

const rounds = Number(process.argv[3] ?? 7);
const tokens = Array.from({ length: 100_000 }, (_, index) => `token ${index}`);
const quants =
  `IQ1_S IQ1_M IQ2_XXS IQ2_XS IQ2_S IQ2_M IQ3_XXS IQ3_XS IQ3_S IQ3_M IQ4_XS IQ4_NL Q2_K Q3_K_S Q3_K_M Q3_K_L
 Q4_0 Q4_1 Q4_K_S Q4_K_M Q5_K_S Q5_K_M Q6_K Q8_0 F16`.split(/\s+/);
const header = tinyGguf({ "tokenizer.ggml.tokens": tokens });
const files = Object.fromEntries(
  quants.map((quant, at) => [`m-${quant}.gguf`, Buffer.concat([header, Buffer.alloc(at)])]),
);
// The Hub tells the template in the same reply as the files; this one is as long as Llama 3.1's, among the longer ones.
const gguf = { architecture: "llama", chat_template: "{{ message }}".repeat(400) };
const repos = [{ id: "org/many", files, card: { license: "mit" }, gguf }];
const folder = mkdtempSync(join(tmpdir(), "oslm-afar-"));
const hubs = [await startFakeHub({ repos }), await startFakeHub({ repos, latencyMs: 50 })];

printMachine();
const times: number[][] = [[], []];
for (let round = 0; round < rounds; round++) {
  for (const [at, hub] of hubs.entries()) {
    hub.requests.length = 0;
    const env = { HOME: join(folder, "home"), HF_ENDPOINT: hub.endpoint };
    const { code, stderr, seconds } = await runOslm(["fit", "org/many"], { env });
    if (code !== 0) throw new Error(stderr);
    times[at]?.push(seconds * 1000);
  }
}
const [near = 0, far = 0] = times.map(median);
const { requests } = hubs[1] as (typeof hubs)[number];
const asked = ["hub", "cdn"].map((one) => requests.filter(({ host }) => host === one).length);
print("exchanges: all, with the Hub, with its storage", String(requests.length), ...asked.map(String));
print("bytes", String(requests.reduce((sum, { sent }) => sum + sent, 0)));
print("oslm fit, ms: Hub at once, after 50 ms", near, far);
print("of that for the network, ms", far - near);
for (const hub of hubs) await hub.close();
rmSync(folder, { recursive: true });
