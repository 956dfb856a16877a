// How long oslm takes to start, as ratios to bare Node, measured in alternation: `node bench/startup.mjs [rounds]`. In this
// environment and in an empty one: settings such as NODE_EXTRA_CA_CERTS make Node itself start slowly.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../bin/oslm.js", import.meta.url));
const rounds = Number(process.argv[2] ?? 21);
const commands = {
  "node -e 0": ["-e", "0"],
  "oslm --version": [BIN, "--version"],
  "oslm --help": [BIN, "--help"],
  "oslm list": [BIN, "list"],
  "oslm run demo (one token)": [BIN, "run", "demo", "hi", "-n", "1", "--quiet"],
};

const { PATH, HOME } = process.env;
for (const [title, env] of Object.entries({ "this environment": process.env, "an empty one": { PATH, HOME } })) {
  const times = measure(env);
  const bare = median(times.get("node -e 0"));
  process.stdout.write(`${title}\n`);
  for (const [name, values] of times) {
    const ms = median(values);
    process.stdout.write(`  ${name.padEnd(28)} ${ms.toFixed(0).padStart(5)} ms  ${(ms / bare).toFixed(2)} x node\n`);
  }
}

function measure(env) {
  const times = new Map(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const started = performance.now();
      const { status } = spawnSync(process.execPath, args, { stdio: "ignore", env });
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
      times.get(name).push(performance.now() - started);
    }
  }
  return times;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
