// A small model that says all of its script only where it hears of an earlier question, stored under a name.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "./oslm.js";
import { GO, type Scripted, scriptedModel } from "./scripted-model.js";

const SCRIPT = ["I heard ", "all ", "of it."];
const TEMPLATE = `{% for m in messages %}{{ m.content }}{% endfor %}{% if messages | length > 1 %}{{ '${GO}' }}{% else %}{{ 'all ' }}{% endif %}`;
export const SAID = SCRIPT.join("");

/** @returns its path */
export async function importListener(
  home: Home,
  name: string,
  metadata: NonNullable<Scripted["metadata"]> = {},
): Promise<string> {
  const path = join(home.path, `${name}.gguf`);
  writeFileSync(path, scriptedModel({ script: SCRIPT, template: TEMPLATE, metadata }));
  const { code, stderr } = await home.run(["import", path, "--name", name]);
  if (code !== 0) throw new Error(stderr);
  return path;
}
