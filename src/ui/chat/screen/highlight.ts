// Colors for code. The library is loaded with the first block of code.
import type { HLJSApi } from "highlight.js";
import { type Look, type Span, span } from "./spans.js";

/** Longer code stays plain: it is colored anew with each piece that comes. */
const MAX_CHARS = 20_000;

/** By the beginning of highlight.js's scopes (its documentation, css-classes-reference). */
const LOOKS: readonly (readonly [string, Look])[] = [
  ["comment", "comment"],
  ["quote", "comment"],
  ["keyword", "keyword"],
  ["selector-tag", "keyword"],
  ["literal", "number"],
  ["number", "number"],
  ["symbol", "number"],
  ["string", "string"],
  ["regexp", "string"],
  ["addition", "string"],
  ["deletion", "keyword"],
  ["title", "name"],
  ["name", "name"],
  ["attr", "name"],
  ["built_in", "name"],
  ["type", "name"],
  ["section", "heading"],
  ["meta", "comment"],
];

export class Highlighter {
  #library: HLJSApi | undefined;
  #loading: Promise<void> | undefined;

  /** @param whenReady called once code can be colored */
  constructor(private readonly whenReady: () => void) {}

  /** The code in pieces; in one piece while the library loads, and for languages that it does not know. */
  spans(code: string, language: string): Span[] {
    if (this.#library === undefined) this.load();
    if (this.#library?.getLanguage(language) === undefined || code.length > MAX_CHARS) return [span(code)];
    return fromHtml(this.#library.highlight(code, { language, ignoreIllegals: true }).value);
  }

  load(): void {
    this.#loading ??= import("highlight.js/lib/common").then(
      ({ default: library }) => {
        this.#library = library;
        this.whenReady();
      },
      // Without colors then.
      () => {},
    );
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
};

/** The library gives HTML: nested spans with classes, and text with five entities. */
function fromHtml(html: string): Span[] {
  const open: Look[] = [];
  return [...html.matchAll(/<span class="([^"]*)">|(<\/span>)|([^<]+)/g)].flatMap(([, scope, close, text]) => {
    if (scope !== undefined) open.push(lookOf(scope) ?? open.at(-1) ?? "plain");
    else if (close !== undefined) open.pop();
    if (text === undefined) return [];
    return [
      span(
        text.replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => ENTITIES[entity] ?? entity),
        open.at(-1),
      ),
    ];
  });
}

function lookOf(scope: string): Look | undefined {
  const name = scope.replace(/^hljs-/, "");
  return LOOKS.find(([start]) => name.startsWith(start))?.[1];
}
