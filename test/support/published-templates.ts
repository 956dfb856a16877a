// Chat templates as they stand in the headers of published models, from a package of Hugging Face's: it maps them to those of Ollama's
// library. The map is not exported, so it is read as a text; nothing of it is run.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface PublishedTemplate {
  /** In Ollama's library: `llama3.1:8b`. */
  readonly model: string;
  /** Jinja. */
  readonly text: string;
}

const MAIN = createRequire(import.meta.url).resolve("@huggingface/ollama-utils");
const MAP = join(dirname(MAIN), "..", "src", "chat-template-automap.ts");

/** In the order of the package. @throws RangeError where it is written in another way than expected */
export function publishedTemplates(): readonly PublishedTemplate[] {
  const source = readFileSync(MAP, "utf8");
  const entries = [...source.matchAll(/^\t\tmodel: "library\/(.*)",\n\t\tgguf: (["'])(.*)\2,$/gm)];
  const named = source.match(/^\t\tgguf:/gm) ?? [];
  if (entries.length === 0 || entries.length !== named.length) {
    throw new RangeError(`read ${entries.length} of ${named.length} templates in ${MAP}`);
  }
  return entries.map(([, model = "", quote, written = ""]) => ({ model, text: literal(written, quote === "'") }));
}

/** What a literal of JavaScript says; it differs from JSON's in the quotes. */
function literal(written: string, single: boolean): string {
  const inner = single ? written.replace(/\\.|"/g, (part) => ({ "\\'": "'", '"': '\\"' })[part] ?? part) : written;
  return JSON.parse(`"${inner}"`);
}
