// Renders a chat template with the Jinja engine, within limits. A template is code from a stranger's file.
import { Environment } from "@huggingface/jinja";
import { BoundError } from "./bounds.js";
import { programOf, runProgram } from "./program.js";

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface TemplateInput {
  readonly template: string;
  readonly messages: readonly Message[];
  readonly bosToken: string;
  readonly eosToken: string;
  /** Templates of Llama 3 and others print the date. */
  readonly now: Date;
  /** Of this template's own, such as Qwen 3's `enable_thinking`. */
  readonly variables?: Readonly<Record<string, boolean>>;
  /** Contents are lists with one part, as in OpenAI's interface, in place of texts. */
  readonly inParts?: boolean;
}

/** What a turn counts besides its text. */
const TURN = 100;
/** No template in use needs more; `range(1e9)` alone would exhaust the memory of the process. */
const MAX_RANGE = 100_000;

function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= MAX_RANGE)) throw new Error(`range of ${count} values; the limit is ${MAX_RANGE}`);
  return Array.from({ length: count }, (_, index) => from + index * step);
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** The part of C's strftime that chat templates use, in local time and English. */
function strftime(format: string, now: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const month = MONTHS[now.getMonth()] ?? "";
  const weekday = WEEKDAYS[now.getDay()] ?? "";
  const values: Record<string, string> = {
    Y: String(now.getFullYear()),
    m: two(now.getMonth() + 1),
    d: two(now.getDate()),
    B: month,
    b: month.slice(0, 3),
    A: weekday,
    a: weekday.slice(0, 3),
    H: two(now.getHours()),
    M: two(now.getMinutes()),
    S: two(now.getSeconds()),
  };
  return format.replace(/%([a-zA-Z])/g, (all, letter: string) => values[letter] ?? all);
}

/**
 * The prompt text for `messages`, ending where the assistant is to begin.
 * The variables are those of transformers' apply_chat_template (docs: chat_templating).
 * @throws Error with the template's own words (raise_exception), a syntax error, or a breached limit
 */
export function renderTemplate(input: TemplateInput): string {
  const said = input.messages.reduce((sum, { content }) => sum + content.length + TURN, 0);
  const program = programOf(input.template);
  const run = (extra: Readonly<Record<string, unknown>>): string => {
    const env = new Environment();
    for (const [name, value] of Object.entries({ ...globals(input), ...extra })) env.set(name, value);
    const text = runProgram(program, env, said);
    if (typeof text !== "string") throw new Error("the template gives no text");
    return text;
  };
  try {
    return run({ tools: null });
  } catch (error) {
    if (error instanceof BoundError) throw error;
    try {
      // Templates written for tool use only loop over lists that others test for being absent.
      return run({ tools: [], documents: [], functions: "[]", datetime: strftime("%Y-%m-%d %H:%M:%S", input.now) });
    } catch {
      throw error;
    }
  }
}

function globals(input: TemplateInput): Record<string, unknown> {
  return {
    true: true,
    True: true,
    false: false,
    False: false,
    none: null,
    None: null,
    range,
    raise_exception: (message: string) => {
      throw new Error(String(message));
    },
    strftime_now: (format: string) => strftime(format, input.now),
    messages: input.inParts ? input.messages.map(withPart) : input.messages,
    bos_token: input.bosToken,
    eos_token: input.eosToken,
    add_generation_prompt: true,
    ...input.variables,
  };
}

const withPart = ({ role, content }: Message) => ({ role, content: [{ type: "text", text: content }] });
