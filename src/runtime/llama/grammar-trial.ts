// A grammar tried in a process of its own: see try-grammar.ts. Takes the grammar on stdin, and ends with 0 for a good one, 1
// for a bad one, whose fault the library writes to stderr, and 3 where there is no library to try it with.
import { text } from "node:stream/consumers";
import { startAddon } from "./bare-addon.js";
import { EngineLog } from "./engine-log.js";

async function trial(): Promise<number> {
  const grammar = await text(process.stdin);
  const addon = await startAddon(new EngineLog()).catch(() => undefined);
  if (addon === undefined) return 3;
  try {
    // Some faults only show once there is something to match.
    new addon.AddonGrammar(grammar, { addonExports: addon, rootRuleName: "root" }).isTextCompatible("{");
    return 0;
  } catch {
    return 1;
  }
}

trial().then(
  (code) => process.exit(code),
  () => process.exit(3),
);
