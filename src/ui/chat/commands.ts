// The slash commands, as data: help, completion and the documentation are made from this list.
import { suggest } from "../../model/suggest.js";
import type { Chat } from "./chat.js";
import { codeBlocks } from "./code-blocks.js";
import { imageNames, questionText } from "./sentences.js";
import { changeSetting, listSettings, SETTINGS } from "./settings.js";

export interface Command {
  /** With the slash. */
  readonly name: string;
  /** Other names for the same. */
  readonly also?: readonly string[];
  /** As help shows them; empty where there are none. */
  readonly takes: string;
  readonly help: string;
  run(chat: Chat, rest: string): void | Promise<void>;
  /** What may be its first argument. */
  readonly words?: (chat: Chat) => readonly string[];
}

const SHOWN = ["settings", "system", "thinking", "messages"] as const;

export const COMMANDS: readonly Command[] = [
  {
    name: "/help",
    also: ["/?"],
    takes: "[COMMAND]",
    help: "what can be typed here",
    run: (chat, rest) => chat.face.tell(helpOf(rest, chat.face.keys)),
    words: () => COMMANDS.map(({ name }) => name.slice(1)),
  },
  {
    name: "/set",
    takes: "[NAME VALUE]",
    help: "change how answers are drawn, such as /set temp 0; alone it lists the settings",
    run(chat, rest) {
      if (rest === "") return chat.face.tell(listSettings(chat.now.settings));
      const settings = changeSetting(chat.now.settings, chat.start.settings, rest);
      if (typeof settings === "string") return chat.face.tell(settings);
      chat.happened({ type: "set", settings });
      chat.face.tell(`Set: ${rest}`);
    },
    words: () => SETTINGS.map(({ name }) => name),
  },
  {
    name: "/show",
    takes: "[WHAT]",
    help: "show settings, system, thinking (the last) or messages (all that was said)",
    run: (chat, rest) => chat.face.tell(shown(chat, rest)),
    words: () => SHOWN,
  },
  {
    name: "/clear",
    takes: "",
    help: "forget the conversation; the system prompt stays",
    run(chat) {
      chat.begin();
      chat.face.tell("The conversation is forgotten.");
    },
  },
  {
    name: "/save",
    takes: "[NAME]",
    help: "keep the conversation under a name; it is saved there from now on",
    run: (chat, rest) => chat.save(rest),
  },
  {
    name: "/load",
    takes: "[NAME]",
    help: "go on with a saved conversation; alone it lists them",
    run: (chat, rest) => chat.load(rest),
    words: (chat) => chat.saved.names(),
  },
  {
    name: "/image",
    takes: "[FILE]",
    help: "show an image with the next question; alone it says which go with it, none takes them back",
    async run(chat, rest) {
      if (rest !== "" && rest !== "none") return chat.attach(pathOf(rest));
      if (rest === "none") chat.happened({ type: "attached", images: [] });
      const names = imageNames(chat.now.attached);
      chat.face.tell(names === "" ? "No image goes with the next question." : `With the next question: ${names}.`);
    },
    words: () => ["none"],
  },
  {
    name: "/regenerate",
    takes: "",
    help: "answer the last question again",
    run: (chat) => chat.askAgain(),
  },
  {
    name: "/edit",
    takes: "[TEXT]",
    help: "change the last question and ask again",
    run: (chat, rest) => chat.edit(rest),
  },
  {
    name: "/copy",
    takes: "[code]",
    help: "copy the last answer, or its last block of code",
    async run(chat, rest) {
      const answer = chat.now.turns.at(-1)?.answer ?? "";
      const text = rest === "code" ? codeBlocks(answer).at(-1) : answer;
      if (text === undefined || text === "") return chat.face.tell("There is nothing to copy.");
      chat.face.tell(await chat.copy(text));
    },
    words: () => ["code"],
  },
  {
    name: "/system",
    takes: "[TEXT]",
    help: "show the system prompt, or change it; none removes it",
    run(chat, rest) {
      if (rest === "") return chat.face.tell(shown(chat, "system"));
      chat.happened({ type: "instructed", system: rest === "none" ? undefined : rest });
      chat.face.tell(rest === "none" ? "There is no system prompt now." : "The system prompt is changed.");
    },
    words: () => ["none"],
  },
  {
    name: "/model",
    takes: "[NAME]",
    help: "which model answers; with a name, go on with that one",
    run: (chat, rest) => (rest === "" ? tellModel(chat) : chat.use(rest)),
    words: (chat) => chat.models.names(),
  },
  {
    name: "/context",
    takes: "",
    help: "how full the context is",
    run: (chat) => chat.face.tell(contextText(chat)),
  },
  {
    name: "/license",
    takes: "",
    help: "the model's license",
    run: async (chat) => chat.face.tell((await chat.models.current).license),
  },
  { name: "/bye", also: ["/exit", "/quit"], takes: "", help: "leave", run: (chat) => chat.face.leave() },
];

/** The command that a line begins with, and the rest of it; the nearest names when there is no such command. */
export function findCommand(line: string): { readonly command: Command; readonly rest: string } | readonly string[] {
  const [, name = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(line.trim()) ?? [];
  const command = COMMANDS.find((one) => one.name === name || one.also?.includes(name));
  return command ? { command, rest: rest.trim() } : suggest(name, namesOf(COMMANDS));
}

/** What Tab can make of a line: whole lines, none when it is no command. */
export function completions(line: string, chat: Chat): readonly string[] {
  const match = /^(\/\S*)(?:(\s+)(\S*))?$/.exec(line);
  if (!match) return [];
  const [, name = "", space, word = ""] = match;
  if (space === undefined) return namesOf(COMMANDS).filter((one) => one.startsWith(name));
  const words = COMMANDS.find((one) => one.name === name || one.also?.includes(name))?.words?.(chat) ?? [];
  return words.filter((one) => one.startsWith(word)).map((one) => `${name} ${one}`);
}

/** The list for people; of one command when that is named. */
export function helpOf(name: string, keys: string): string {
  const wanted = name === "" ? "" : `/${name.replace(/^\//, "")}`;
  const chosen = COMMANDS.filter((one) => wanted === "" || one.name === wanted || one.also?.includes(wanted));
  if (chosen.length === 0) return unknown(wanted, suggest(wanted, namesOf(COMMANDS)));
  const lines = chosen.map((one) => [[one.name, ...(one.also ?? [])].join(" "), one.takes, one.help] as const);
  const wide = Math.max(...lines.map(([names, takes]) => `${names} ${takes}`.length));
  const list = lines.map(([names, takes, help]) => `${`${names} ${takes}`.padEnd(Math.min(wide, 24))}  ${help}`);
  return [...list, ...(wanted === "" ? ["", keys] : [])].join("\n");
}

/** What is said of a command that there is not. */
export function unknown(name: string, near: readonly string[]): string {
  return `There is no ${name}. ${near[0] ? `Did you mean ${near[0]}?` : "Type /? for help."}`;
}

/** As a shell would read it: a terminal quotes the name of a file that is dropped on it. */
function pathOf(written: string): string {
  const quoted = /^(['"])(.*)\1$/.exec(written);
  return quoted?.[2] ?? (process.platform === "win32" ? written : written.replace(/\\(.)/g, "$1"));
}

function namesOf(commands: readonly Command[]): string[] {
  return commands.flatMap(({ name, also = [] }) => [name, ...also]);
}

function shown({ now }: Chat, what: string): string {
  switch (what) {
    case "":
    case "settings":
      return listSettings(now.settings);
    case "system":
      return now.system === undefined ? "There is no system prompt." : `System prompt: ${now.system}`;
    case "thinking":
      return now.turns.at(-1)?.thinking || "The last answer came without thinking.";
    case "messages":
      return now.turns.map((turn) => `> ${questionText(turn)}\n${turn.answer}`).join("\n\n") || "Nothing was said yet.";
    default:
      return `/show takes ${SHOWN.join(", ")}.`;
  }
}

async function tellModel({ face, models }: Chat): Promise<void> {
  const names = models.names().join(", ");
  face.tell([(await models.current).about, ...(names === "" ? [] : [`/model takes one of ${names}`])].join("\n"));
}

function contextText({ now }: Chat): string {
  if (now.total === 0) return "The model is still loading.";
  const kept = now.turns.length - now.forgotten;
  const lost = now.forgotten === 0 ? "" : `; of ${now.turns.length} in all, the others no longer fit and are not sent`;
  const share = Math.round((100 * now.used) / now.total);
  return `${now.used} of ${now.total} tokens used (${share} %), by ${kept} question${kept === 1 ? "" : "s"}${lost}.`;
}
