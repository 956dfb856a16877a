// The names that a configuration adds hold for commands that ask for names; no other has to wait or fail for them.
import type { Command } from "commander";
import { isOslmError } from "../errors.js";
import { parseRef } from "../model/ref.js";
import type { ContextOf } from "./context.js";

/** Why the catalogs that a configuration names could not be read, where nobody had asked for a name of theirs. */
export interface Unread {
  error?: unknown;
}

/** Whether a name is asked for that nothing is known by, so that such a catalog may have it. */
export function missesName(error: unknown): boolean {
  if (isOslmError(error, "not-stored")) return isName(error.facts.ref);
  return isOslmError(error, "unknown-model") || isOslmError(error, "unknown-size");
}

/** Commands that look no name up begin at once, and work whatever the configuration says. */
const NAMELESS = ["auth", "completion", "doctor", "help", "list", "prune", "rm", "verify"];
/** Commands on what is here. The catalog only says which stored model a name means, and which names are taken. */
const STORED = ["convert", "cp", "import", "outdated", "replay"];

/**
 * Names that a configuration adds hold for all that follows. For completion, and where no name of a catalog is asked for, no
 * request is made and an error is news only where the name is then not found.
 */
export async function takeOverlays(command: Command, contextOf: ContextOf, unread: Unread): Promise<void> {
  const verb = verbOf(command);
  if (NAMELESS.includes(verb)) return;
  const { world } = contextOf();
  const isQuiet = verb === "__complete" || STORED.includes(verb) || !asksForNames(command, world.endpoint);
  const overlays = await world.overlays({ kept: isQuiet }).catch((error: unknown) => {
    if (!isQuiet) throw error;
    unread.error = error;
    return [];
  });
  if (overlays.length === 0) return;
  const { useOverlays } = await import("../catalog/catalog.js");
  useOverlays(overlays);
}

/** False where every model that the command line names is a file, an address, a repository or the demo. */
function asksForNames(command: Command, hub: string): boolean {
  const [declared] = command.registeredArguments;
  if (declared?.name() !== "model") return true;
  const { draft, base } = command.opts<{ readonly draft?: unknown; readonly base?: unknown }>();
  const models = [...(declared.variadic ? command.args : command.args.slice(0, 1)), draft, base];
  const named = models.filter((text) => typeof text === "string");
  return named.length === 0 || named.some((text) => isName(text, hub));
}

/** What is no reference at all is reported by the command, with or without names. */
function isName(text: string, hub?: string): boolean {
  try {
    return parseRef(text, hub === undefined ? {} : { hub }).kind === "catalog";
  } catch (error) {
    if (isOslmError(error, "invalid-reference")) return false;
    throw error;
  }
}

function verbOf(command: Command): string {
  let verb = command;
  while (verb.parent?.parent) verb = verb.parent;
  return verb.name();
}
