// Renders a chat template with the Jinja engine, within limits. A template is code from a stranger's file.
import { Environment } from "@huggingface/jinja";
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
}

/** No template in use needs more; `range(1e9)` alone would exhaust the memory of the process. */
const MAX_RANGE = 100_000;
const MAX_TEMPLATE_CHARS = 1_000_000;
/** Besides the messages, which are bounded where they come in. */
const MAX_OUTPUT_CHARS = 16_000_000;

function range(start: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= MAX_RANGE)) throw new Error(`range of ${count} values; the limit is ${MAX_RANGE}`);
  return Array.from({ length: count }, (_, index) => from + index * step);
}

/** The part of C's strftime that chat templates use, in local time and English. */
function strftime(format: string, now: Date): string {
  const part = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat("en-US", options).format(now);
  const two = (value: number): string => String(value).padStart(2, "0");
  const values: Record<string, string> = {
    Y: String(now.getFullYear()),
    m: two(now.getMonth() + 1),
    d: two(now.getDate()),
    B: part({ month: "long" }),
    b: part({ month: "short" }),
    A: part({ weekday: "long" }),
    a: part({ weekday: "short" }),
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
  if (input.template.length > MAX_TEMPLATE_CHARS) throw new Error("the template is longer than a million characters");
  const said = input.messages.reduce((sum, { content }) => sum + content.length, 0);
  const program = programOf(input.template);
  const run = (extra: Readonly<Record<string, unknown>>): string => {
    const env = new Environment();
    for (const [name, value] of Object.entries({ ...globals(input), ...extra })) env.set(name, value);
    const text = runProgram(program, env);
    if (typeof text !== "string") throw new Error("the template gives no text");
    if (text.length > MAX_OUTPUT_CHARS + said) throw new Error("it writes more than 16 million characters of its own");
    return text;
  };
  try {
    return run({ tools: null });
  } catch (error) {
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
    messages: input.messages,
    bos_token: input.bosToken,
    eos_token: input.eosToken,
    add_generation_prompt: true,
    ...input.variables,
  };
}
