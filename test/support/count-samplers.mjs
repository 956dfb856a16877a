// Loaded into a process: writes how many samplers of the engine's addon were made and let go of to the file that SAMPLERS names.
import { writeFileSync } from "node:fs";
import Module from "node:module";
import { isMainThread } from "node:worker_threads";

if (isMainThread && process.env.SAMPLERS !== undefined) {
  let count = 0;
  const load = Module._extensions[".node"];
  Module._extensions[".node"] = (module, file) => {
    load(module, file);
    const { AddonSampler } = module.exports;
    if (AddonSampler === undefined) return;
    class Counted extends AddonSampler {
      dispose() {
        count++;
        return super.dispose();
      }
    }
    module.exports = Object.create(module.exports, { AddonSampler: { value: Counted } });
  };
  process.on("exit", () => writeFileSync(process.env.SAMPLERS, String(count)));
}
