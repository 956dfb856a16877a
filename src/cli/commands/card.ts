// oslm card: the model card, to be read in a terminal or piped as it is.
import { Command } from "commander";
import type { ModelCardText } from "../../app/names/card.js";
import { parseRef } from "../../model/ref.js";
import { type Field, renderRecord } from "../../ui/record.js";
import { sanitize } from "../../ui/sanitize.js";
import type { Terminal } from "../../ui/terminal.js";
import type { Context, ContextOf } from "../context.js";

export function makeCardCommand(contextOf: ContextOf, run = runCard): Command {
  return new Command("card")
    .description("read the model card: Markdown on a terminal, its plain text in a pipe")
    .argument("<model>", "a stored model, a catalog name, or a repository on the Hub")
    .action((model: string) => run(contextOf(), model));
}

const FIELDS = ["name", "repo", "revision", "source", "url", "frontMatter", "text"];
/** Wider text is hard to read. */
const WIDEST = 100;

export async function runCard({ world, out }: Context, name: string): Promise<void> {
  out.checkFields(FIELDS);
  const { modelCard } = await import("../../app/names/card.js");
  const card = await modelCard(world, parseRef(name, { hub: world.endpoint }));
  const text = sanitize(card.text);
  if (out.json) {
    const { readFrontMatter } = await import("../../config/front-matter.js");
    out.document({ ...card, frontMatter: readFrontMatter(text) ?? null, text }, FIELDS);
    return;
  }
  const { stdout, stdoutTty } = out.terminal;
  if (!stdoutTty) {
    stdout.write(text === "" || text.endsWith("\n") ? text : `${text}\n`);
    return;
  }
  stdout.write(await forPeople(card, text, out.terminal));
  if (card.source === "hub") out.note(`${card.repo} at ${card.revision}, from the Hub: ${card.url}`);
}

async function forPeople(card: ModelCardText, text: string, terminal: Terminal): Promise<string> {
  const { cardLines } = await import("../../ui/chat/screen/card-lines.js");
  const { readFrontMatter, withoutFrontMatter } = await import("../../config/front-matter.js");
  const head = renderRecord(fieldsOf(readFrontMatter(text)), terminal);
  const style = { width: Math.min(terminal.width, WIDEST), color: terminal.stdoutColor, base: card.url };
  const body = cardLines(withoutFrontMatter(text), style);
  return `${head}${head === "" ? "" : "\n"}${body.join("\n")}\n`;
}

const MOST_FIELDS = 40;
const MOST_CHARS = 300;

/** Lists of plain values on one line; what is deeper, such as benchmarks, `oslm show` has. */
function fieldsOf(data: unknown): Field[] {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [];
  return Object.entries(data)
    .slice(0, MOST_FIELDS)
    .flatMap(([label, value]): Field[] => {
      const values: unknown[] = [value].flat().slice(0, MOST_FIELDS);
      const isPlain = values.every((one) => ["string", "number", "boolean"].includes(typeof one));
      const text = values.join(", ");
      if (!isPlain || text === "" || label.length > MOST_FIELDS) return [];
      return [[label, text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS - 1)}…` : text]];
    });
}
