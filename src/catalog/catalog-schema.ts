// The JSON Schema of catalog.json, and of what others write like it.
import { createRequire } from "node:module";

export function catalogSchema(): object {
  return createRequire(import.meta.url)("./catalog.schema.json");
}
