// Keys from the bytes that a terminal sends. The forms are those of xterm (ctlseqs), of bracketed paste, and of the kitty
// keyboard protocol, which alone tells Shift-Enter from Enter.
import { StringDecoder } from "node:string_decoder";

export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  | {
      readonly type: "key";
      /** A named key, or a letter held with Ctrl or Alt. */
      readonly name: string;
      readonly ctrl: boolean;
      readonly alt: boolean;
      readonly shift: boolean;
    };

const PASTE = "\u001b[200~";
const PASTE_END = "\u001b[201~";
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
const SEQUENCE = /^\u001b\[([\d;:<=>?]*)([A-Za-z~])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
const TEXT = /^[^\u0000-\u001f\u007f]+/;

const BY_LETTER: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  M: "enter",
  Z: "tab",
};
const BY_NUMBER: Readonly<Record<string, string>> = { 1: "home", 3: "delete", 4: "end", 7: "home", 8: "end" };
const BY_CODE: Readonly<Record<number, string>> = {
  8: "backspace",
  9: "tab",
  13: "enter",
  27: "escape",
  127: "backspace",
};

export class KeyDecoder {
  readonly #decoder = new StringDecoder("utf8");
  #held = "";
  #pasting = false;

  /** True while an Escape waits to be told from the beginning of a sequence. */
  get waits(): boolean {
    return this.#held.startsWith("\u001b") && !this.#pasting;
  }

  /** The keys that are complete after these bytes. */
  add(bytes: Uint8Array): Key[] {
    this.#held += this.#decoder.write(Buffer.from(bytes));
    const keys: Key[] = [];
    for (let key = this.#next(); key !== undefined; key = this.#next()) if (key !== "nothing") keys.push(key);
    return keys;
  }

  /** What was held back is no sequence after all: nothing came after it. */
  flush(): Key[] {
    if (!this.waits) return [];
    const rest = this.#held.slice(1);
    this.#held = "";
    return rest === "" ? [named("escape")] : [];
  }

  #next(): Key | "nothing" | undefined {
    if (this.#held === "") return undefined;
    if (this.#pasting) return this.#paste();
    if (this.#held.startsWith("\u001b")) return this.#escape();
    const text = TEXT.exec(this.#held)?.[0];
    if (text !== undefined) {
      this.#take(text.length);
      return { type: "text", text };
    }
    return control(this.#take(1));
  }

  #paste(): Key | undefined {
    const end = this.#held.indexOf(PASTE_END);
    if (end < 0) return undefined;
    const text = this.#take(end).replace(/\r\n?/g, "\n");
    this.#take(PASTE_END.length);
    this.#pasting = false;
    return { type: "paste", text };
  }

  #escape(): Key | "nothing" | undefined {
    const held = this.#held;
    if (held.startsWith(PASTE)) {
      this.#take(PASTE.length);
      this.#pasting = true;
      return "nothing";
    }
    const match = SEQUENCE.exec(held);
    if (match) {
      this.#take(match[0].length);
      return sequence(match[1] ?? "", match[2] ?? "") ?? "nothing";
    }
    if (held.startsWith("\u001bO") && held.length > 2) {
      this.#take(3);
      const name = BY_LETTER[held[2] ?? ""];
      return name === undefined ? "nothing" : named(name);
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
    if (/^\u001b(?:\[[\d;:<=>?]*|O)?$/.test(held)) return undefined;
    if (held[1] === "[") {
      this.#take(2);
      return "nothing";
    }
    this.#take(1);
    const letter = [...this.#held][0] ?? "";
    this.#take(letter.length);
    const key = control(letter);
    return key.type === "key" ? { ...key, alt: true } : named(letter.toLowerCase(), { alt: true });
  }

  #take(length: number): string {
    const taken = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return taken;
  }
}

function control(char: string): Key {
  const code = char.codePointAt(0) ?? 0;
  const name = BY_CODE[code];
  if (name !== undefined) return named(name);
  // Ctrl-J is what Enter sends in some terminals with Ctrl; it always means a new line here.
  return code < 32 ? named(String.fromCharCode(code + 96), { ctrl: true }) : { type: "text", text: char };
}

function sequence(numbers: string, letter: string): Key | undefined {
  // Answers of the terminal and the like.
  if (/[<=>?]/.test(numbers)) return undefined;
  const [first = "", second = "", third = ""] = numbers.split(";");
  if (letter === "u") return coded(first, second);
  if (letter === "~") {
    // xterm's modifyOtherKeys.
    if (first === "27") return coded(third, second);
    const name = BY_NUMBER[first];
    return name === undefined ? undefined : named(name, held(second));
  }
  const name = BY_LETTER[letter];
  return name === undefined ? undefined : named(name, letter === "Z" ? { shift: true } : held(second));
}

function coded(code: string, modifiers: string): Key | undefined {
  const point = Number.parseInt(code, 10);
  // The protocol's own keys lie in a private area of Unicode.
  if (!(point > 0 && point < 0xe000)) return undefined;
  const name = BY_CODE[point] ?? String.fromCodePoint(point);
  const keys = held(modifiers);
  return name.length === 1 && !keys.ctrl && !keys.alt ? { type: "text", text: name } : named(name, keys);
}

interface Held {
  readonly ctrl?: boolean;
  readonly alt?: boolean;
  readonly shift?: boolean;
}

/** xterm's parameter: 1 and the sum of shift 1, alt 2, ctrl 4. */
function held(modifiers: string): Held {
  const bits = Math.max(0, (Number.parseInt(modifiers, 10) || 1) - 1);
  return { shift: (bits & 1) > 0, alt: (bits & 2) > 0, ctrl: (bits & 4) > 0 };
}

function named(name: string, { ctrl = false, alt = false, shift = false }: Held = {}): Key {
  return { type: "key", name, ctrl, alt, shift };
}
