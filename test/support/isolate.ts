// Runs before every test file: no test may see or touch the user's own models, tokens and settings.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const home = mkdtempSync(join(tmpdir(), "oslm-test-"));
for (const name of Object.keys(process.env)) {
  if (
    /^(HF_|HUGGING|OSLM_|XDG_|TRANSFORMERS_|(https?|all|no)_proxy$|NO_COLOR$|FORCE_COLOR$|NO_PROGRESS$|CI$)/i.test(name)
  ) {
    delete process.env[name];
  }
}
process.env.HOME = home;
process.env.OSLM_HOME = join(home, "oslm");
process.env.HF_HOME = join(home, "hf");

afterAll(() => rmSync(home, { recursive: true, force: true }));
