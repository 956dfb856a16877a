// oslm catalog: the models that are known by name.
import { Command, Option } from "commander";
import type { CatalogWishes } from "../../app/names/list-catalog.js";
import type { Context, ContextOf } from "../context.js";
import { addLicenseFilterFlags } from "../license/filter-flags.js";
import { TASKS } from "./recommend.js";

export function makeCatalogCommand(contextOf: ContextOf, run = runCatalog): Command {
  return addLicenseFilterFlags(new Command("catalog"))
    .description("list the models that oslm knows by name, or describe one; makes no request")
    .argument("[name]", "a family, such as qwen2, to describe; any other word is searched for")
    .addOption(new Option("--task <what>", "only models for this").choices(TASKS))
    .action((name: string | undefined, wishes: CatalogWishes) => run(contextOf(), name, wishes));
}

/** @throws OslmError unknown-model, unknown-size, invalid-reference or usage where nothing is like the word */
export async function runCatalog({ out }: Context, name: string | undefined, wishes: CatalogWishes): Promise<void> {
  const { familyEntries, listEntries, noSuchName } = await import("../../app/names/list-catalog.js");
  const { catalogFace, describeFamily } = await import("../show-catalog.js");
  const isNarrowed = Object.keys(wishes).length > 0;
  const family = name === undefined || isNarrowed ? undefined : familyEntries(name);
  if (family !== undefined && out.mode.kind === "human") return describeFamily(family, out);
  const word = family === undefined && name !== undefined ? { word: name } : {};
  const rows = family ?? listEntries({ ...wishes, ...word });
  if (rows.length === 0 && name !== undefined && !isNarrowed) {
    throw noSuchName(name);
  }
  out.rows(rows, catalogFace(rows, out.terminal));
  if (out.terminal.stdoutTty && rows.length > 0) {
    out.note("The license is what is expected; a pull judges what the Hub says. One of them: oslm catalog NAME");
  }
}
