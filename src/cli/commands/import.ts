// oslm import: files of this disk, and what other programs have stored, become models with a name.
import { Command, Option } from "commander";
import type { HashEvent } from "../../app/hash-file.js";
import type { ImportRequest, ImportResult } from "../../app/import-file.js";
import { OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import type { Context, ContextOf } from "../context.js";
import { showHashing } from "../show-hashing.js";

interface ImportOptions {
  readonly name?: string;
  readonly copy?: boolean;
  readonly link?: boolean;
}

export function makeImportCommand(contextOf: ContextOf, run = runImport): Command {
  return new Command("import")
    .description("record a GGUF file of this disk under a name")
    .argument("<file>", "a GGUF file, or the first of several parts")
    .option("--name <name>", "the name to give it; by default the one in the file")
    .option("--copy", "keep a copy in oslm's own folder; by default the file stays where it is")
    .addOption(new Option("--link", "keep a hard link in oslm's own folder").conflicts("copy"))
    .action((file: string, options: ImportOptions) => run(contextOf(), file, options));
}

export async function runImport(context: Context, file: string, options: ImportOptions): Promise<void> {
  const { absolutePath, shardPaths } = await import("../../app/local-model.js");
  const ref = parseRef(file);
  if (ref.kind !== "file") {
    throw new OslmError("usage", {
      problem: `${file} is no file on this disk`,
      detail: "A path begins with ./ or / or ends in .gguf.",
      help:
        ref.kind === "url" || ref.kind === "hub" || ref.kind === "catalog" ? `oslm pull ${file}` : `oslm run ${file}`,
    });
  }
  const paths = await shardPaths(absolutePath(context.world, ref.path));
  const placing = options.copy ? "copy" : options.link ? "link" : "reference";
  showResult(context, await importShown(context, { paths, placing, name: options.name }));
}

async function importShown({ world, out }: Context, request: ImportRequest): Promise<ImportResult> {
  const { importFile } = await import("../../app/import-file.js");
  const events: AsyncGenerator<HashEvent, ImportResult> = importFile(world, request);
  const hashing = showHashing(out);
  for (;;) {
    const step = await events.next();
    if (step.done) return step.value;
    hashing(step.value);
  }
}

const FIELDS = ["name", "ref", "quant", "size", "path", "files", "license"];

function showResult({ out }: Context, { model, license }: ImportResult): void {
  const { name, ref, quant, size, path, files } = model;
  if (out.json) {
    out.document({ name, ref, quant, size, path, files, license }, FIELDS);
    return;
  }
  const doubtful = license.class !== "permissive" && license.class !== "public-domain";
  const text = `license ${license.id} (${license.class}): ${license.reasons.join(" ")}`;
  if (doubtful) out.warn(`${name}: ${text}`);
  else out.note(text);
  out.note(`Run it: oslm run ${name}`);
  out.line(name);
}
