// The version of this oslm, as its package.json has it.
import { createRequire } from "node:module";

export const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };
