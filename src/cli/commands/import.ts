// oslm import: files of this disk, and what other programs have stored, become models with a name.
import { Command, Option } from "commander";
import type { HashEvent } from "../../app/hash-file.js";
import type { ImportRequest, ImportResult } from "../../app/stored/import-file.js";
import type { ForeignModel } from "../../app/stored/scan-elsewhere.js";
import { isOslmError, OslmError } from "../../errors.js";
import { formatRef, type ModelRef, parseRef } from "../../model/ref.js";
import { formatBytes } from "../../ui/format.js";
import type { Output } from "../../ui/output.js";
import type { Context, ContextOf } from "../context.js";
import { follow } from "../follow.js";
import { showLicense } from "../license/show-license.js";
import { reportOf } from "../report.js";
import { showHashing } from "../show-hashing.js";

interface ImportOptions {
  readonly name?: string;
  readonly copy?: boolean;
  readonly link?: boolean;
  readonly scan?: boolean;
  readonly all?: boolean;
}

export function makeImportCommand(contextOf: ContextOf, run = runImport): Command {
  return new Command("import")
    .description("record a GGUF file under a name; list what other programs have")
    .argument("[model]", "a GGUF file, or a name from the list that `oslm import` gives")
    .option("--name <name>", "the name to give it; by default the one in the file")
    .option("--copy", "keep a copy in oslm's own folder; by default the file stays where it is")
    .addOption(new Option("--link", "keep a hard link in oslm's own folder").conflicts("copy"))
    .addOption(new Option("--scan", "list what other programs have stored").conflicts(["all", "name", "copy", "link"]))
    .addOption(new Option("--all", "record all that other programs have stored").conflicts("name"))
    .action((model: string | undefined, options: ImportOptions) => run(contextOf(), model, options));
}

export async function runImport(context: Context, model: string | undefined, options: ImportOptions): Promise<void> {
  if (model !== undefined && (options.scan || options.all)) {
    throw new OslmError("usage", {
      problem: "--scan and --all are about other programs' models, and one was named",
      detail: "Only one can be meant.",
      help: `oslm import ${model}`,
    });
  }
  if (options.all) return importAll(context, options);
  if (model === undefined) return list(context, options);
  const result = await importOne(context, model, options);
  if (context.out.json) context.out.document(documentOf(result), FIELDS);
  else context.out.line(result.model.name);
}

async function list({ world, out }: Context, { name, copy, link }: ImportOptions): Promise<void> {
  if (name !== undefined || copy || link) {
    throw new OslmError("usage", {
      problem: "no model is named",
      detail: "--name, --copy and --link are about one.",
      help: "oslm import ./model.gguf",
    });
  }
  const { scanElsewhere } = await import("../../app/stored/scan-elsewhere.js");
  const models = await scanElsewhere(world);
  const rows = models.map(({ id, quant, size, where, path }): ForeignModel => ({ id, quant, size, where, path }));
  out.rows(rows, {
    columns: [
      { header: "NAME", text: (row) => row.id },
      { header: "QUANT", text: (row) => row.quant },
      { header: "SIZE", text: (row) => formatBytes(row.size), raw: (row) => String(row.size), right: true },
      { header: "WHERE", text: (row) => row.where },
      { header: "PATH", text: (row) => row.path },
    ],
    fields: ["id", "quant", "size", "where", "path"],
    id: (row) => row.id,
    whenEmpty: "Other programs have no models here that oslm does not know. Try: oslm import ./model.gguf",
  });
}

/** Goes on after a failure, and ends with the first one. */
async function importAll(context: Context, options: ImportOptions): Promise<void> {
  const { world, out } = context;
  const { scanElsewhere } = await import("../../app/stored/scan-elsewhere.js");
  const { importElsewhere } = await import("../../app/stored/import-elsewhere.js");
  const results: ImportResult[] = [];
  const failures: unknown[] = [];
  for (const model of await scanElsewhere(world)) {
    const placing = model.found ? "reference" : placingOf(options);
    try {
      results.push(await shown(context, importElsewhere(world, model, { placing })));
    } catch (error) {
      if (world.signal.aborted || !isOslmError(error)) throw error;
      failures.push(error);
      const { message, detail } = reportOf(error);
      if (!out.json) out.warn(`${model.id} is left out: ${message}; ${detail}`);
    }
  }
  if (out.json) out.document(results.map(documentOf), FIELDS);
  else for (const { model } of results) out.line(model.name);
  if (failures.length > 0) throw failures[0];
}

async function importOne(context: Context, model: string, options: ImportOptions): Promise<ImportResult> {
  const { world } = context;
  const { absolutePath, shardPaths } = await import("../../app/run/local-model.js");
  const wishes = { name: options.name, placing: placingOf(options) };
  const id = foreignId(model, world.endpoint);
  if (id !== undefined) {
    const { findElsewhere, importElsewhere } = await import("../../app/stored/import-elsewhere.js");
    return shown(context, importElsewhere(world, await findElsewhere(world, id), wishes));
  }
  const ref = parseRef(model, { hub: world.endpoint });
  if (ref.kind !== "file") throw await notImported(context, model, ref);
  const { importFile } = await import("../../app/stored/import-file.js");
  return shown(
    context,
    importFile(world, { ...wishes, paths: await shardPaths(absolutePath(world, ref.path), OTHERS) }),
  );
}

const OTHERS = "oslm import   (lists what other programs have)";

/** For a name where a path is wanted; a file of that name may lie here. */
async function notImported({ world }: Context, model: string, ref: ModelRef): Promise<OslmError> {
  if (ref.kind === "demo" || ref.kind === "url") {
    return new OslmError("usage", {
      problem: `${model} is no file of this disk`,
      detail: "Only what is here can be imported.",
      help: ref.kind === "demo" ? "oslm run demo" : `oslm pull ${model} --sha256 HEX`,
    });
  }
  const { absolutePath } = await import("../../app/run/local-model.js");
  const { isCatalogName } = await import("../../app/stored/imported-name.js");
  const { noFile } = await import("../../store/no-file.js");
  const known = ref.kind === "catalog" && isCatalogName(ref.name);
  const path = absolutePath(world, model);
  const error = await noFile(path, {
    shown: model,
    instead: known ? `oslm pull ${model}` : OTHERS,
  });
  if (error.facts.is !== "file") return error;
  return new OslmError("usage", {
    problem: `${model} reads like a model's name`,
    detail: "A path begins with ./ or / or ends in .gguf.",
    help: `oslm import ./${model}`,
  });
}

/** What the scan would call it: `ollama:...`, or a repository of the Hugging Face cache. */
function foreignId(model: string, hub: string): string | undefined {
  if (/^(ollama|lmstudio|llama\.cpp):/i.test(model)) return model;
  const ref = parseRef(model, { hub });
  return ref.kind === "hub" ? `hf:${formatRef(ref).replace(/^hf:/, "")}` : undefined;
}

function placingOf({ copy, link }: ImportOptions): ImportRequest["placing"] {
  return copy ? "copy" : link ? "link" : "reference";
}

async function shown({ out }: Context, events: AsyncGenerator<HashEvent, ImportResult>): Promise<ImportResult> {
  const { model, license } = await withHashingShown(out, events);
  showLicense(out, model.name, license);
  out.note(`Run it: oslm run ${model.name}`);
  return { model, license };
}

async function withHashingShown(out: Output, events: AsyncGenerator<HashEvent, ImportResult>): Promise<ImportResult> {
  const { createProgress } = await import("../../ui/progress.js");
  const progress = createProgress(out);
  try {
    return await follow(events, (event) => showHashing(event, progress));
  } finally {
    progress.stop();
  }
}

const FIELDS = ["name", "ref", "quant", "size", "path", "files", "license"];

function documentOf({ model, license }: ImportResult): object {
  const { name, ref, quant, size, path, files } = model;
  return { name, ref, quant, size, path, files, license };
}
