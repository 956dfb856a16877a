// --format, --schema and --grammar: what the answer must be.
import { type Constraint, type ConstraintSource, openConstraint } from "../app/run/constraint.js";
import type { World } from "../app/world.js";
import type { PromptOptions } from "./prompt-flags.js";
import { readTextFile } from "./read-text.js";

/** Undefined where nothing is asked. @throws OslmError usage, bad-schema, bad-grammar */
export async function readConstraint(world: World, options: PromptOptions): Promise<Constraint | undefined> {
  const source = await sourceOf(options);
  return source && openConstraint(world, source);
}

async function sourceOf({ format, schema, grammar }: PromptOptions): Promise<ConstraintSource | undefined> {
  const file = schema ?? grammar;
  if (file === undefined) return format && { kind: format };
  return { kind: schema === undefined ? "grammar" : "schema", file, text: await readTextFile(file) };
}
