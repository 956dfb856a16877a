// One line of a batch: a prompt with an id.
import { OslmError } from "../../errors.js";
import { ANSWER_BOUNDS, boundsText, isWithin } from "../../model/answer-bounds.js";
import type { Sampling } from "../../runtime/engine.js";
import type { Message } from "../../runtime/template/render.js";
import { shortHash } from "../../store/hash-text.js";

export interface BatchTask {
  readonly id: string | number;
  /** From 1. */
  readonly line: number;
  readonly messages: readonly Message[];
  readonly options: TaskOptions;
  /** Whether it has no id but its line's number. */
  readonly isNumbered: boolean;
  /** Tells what the line asks from anything else: its messages and options, without the id and the flags of the command. */
  readonly promptHash: string;
}

/** What goes before the flags of the command. */
export interface TaskOptions {
  readonly sampling: Partial<Sampling>;
  readonly maxTokens?: number;
  readonly stop?: readonly string[];
}

/** A line that is no task, and why; its id where it has one. */
export interface BadTask {
  readonly id: string | number | null;
  readonly line: number;
  readonly error: OslmError;
}

type Fields = Readonly<Record<string, unknown>>;

const ROLES: readonly unknown[] = ["system", "user", "assistant"];

/**
 * `{id, prompt | messages, system?, options?}`. Without an id the line's number is one; what is not understood is an error, never
 * passed over.
 * @param system for lines that name none
 */
export function parseTask(line: number, text: string, system?: string): BatchTask | BadTask {
  let id: BadTask["id"] = null;
  try {
    const fields = object(parseJson(text), "the line");
    id = idOf(fields.id, line);
    only(fields, ["id", "prompt", "messages", "system", "options"], "the line");
    const options = optionsOf(fields.options);
    const promptHash = shortHash([messagesOf(fields, undefined), options]);
    const isNumbered = fields.id === undefined;
    return { id, line, messages: messagesOf(fields, system), options, isNumbered, promptHash };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { id, line, error: new OslmError("bad-line", { line, reason }) };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it is no JSON");
  }
}

function object(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`${what} is no object`);
}

function only(fields: Fields, known: readonly string[], what: string): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new Error(`${what} has an unknown field "${unknown}"; known are ${known.join(", ")}`);
}

function idOf(id: unknown, line: number): string | number {
  if (id === undefined) return line;
  if (typeof id === "string" || (typeof id === "number" && Number.isFinite(id))) return id;
  throw new Error("id is neither text nor number");
}

function messagesOf({ prompt, messages, system = undefined }: Fields, fallback: string | undefined): Message[] {
  if ((prompt === undefined) === (messages === undefined)) throw new Error("it needs either prompt or messages");
  const asked =
    prompt === undefined ? listOf(messages) : [{ role: "user", content: string(prompt, "prompt") } as const];
  const own = system === undefined ? undefined : string(system, "system");
  if (asked.some(({ role }) => role === "system")) {
    if (own !== undefined) throw new Error("it has a system prompt twice");
    return asked;
  }
  const opening = own ?? fallback;
  return opening === undefined ? asked : [{ role: "system", content: opening }, ...asked];
}

function listOf(messages: unknown): Message[] {
  if (!Array.isArray(messages) || messages.length === 0) throw new Error("messages is no list of messages");
  return messages.map((message: unknown) => {
    const fields = object(message, "a message");
    only(fields, ["role", "content"], "a message");
    if (!ROLES.includes(fields.role)) throw new Error("the role of a message is system, user or assistant");
    return { role: fields.role as Message["role"], content: string(fields.content, "the content of a message") };
  });
}

function optionsOf(options: unknown): TaskOptions {
  if (options === undefined) return { sampling: {} };
  const fields = object(options, "options");
  only(fields, [...Object.keys(ANSWER_BOUNDS), "stop"], "options");
  for (const [name, bounds] of Object.entries(ANSWER_BOUNDS)) {
    const value = fields[name];
    if (value !== undefined && !isWithin(value, bounds)) throw new Error(`options.${name} is ${boundsText(bounds)}`);
  }
  const { maxTokens, stop, ...sampling } = fields;
  const stops = typeof stop === "string" ? [stop] : stop;
  if (stops !== undefined && !(Array.isArray(stops) && stops.every((one) => typeof one === "string" && one !== ""))) {
    throw new Error("options.stop is a text, or a list of texts");
  }
  return {
    sampling: sampling as Partial<Sampling>,
    ...(maxTokens === undefined ? {} : { maxTokens: maxTokens as number }),
    ...(stops === undefined ? {} : { stop: stops as string[] }),
  };
}

function string(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Error(`${what} is no text, or empty`);
}
