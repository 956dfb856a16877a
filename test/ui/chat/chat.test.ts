// A chat without a screen and without a model: what is asked, kept, dropped and told.
import { expect, it } from "vitest";
import type { Sha256 } from "../../../src/model/types.js";
import { Chat } from "../../../src/ui/chat/chat.js";
import type { AnswerPart, ChatModel, Face, Kept, Models } from "../../../src/ui/chat/chat-parts.js";
import { COMMANDS, completions, findCommand, helpOf } from "../../../src/ui/chat/commands.js";
import { type ChatMessage, change, newConversation } from "../../../src/ui/chat/conversation.js";
import type { Settings } from "../../../src/ui/chat/settings.js";

const done = (more: Partial<Extract<AnswerPart, { type: "done" }>> = {}): AnswerPart => ({
  type: "done",
  ending: "stop",
  used: 20,
  tokens: 5,
  tokensPerSecond: 9,
  ...more,
});

/** Knows a second model; another name fails, and `slow` takes until it is stopped. */
class FakeModels implements Models {
  current: Promise<ChatModel>;
  readonly #known: readonly ChatModel[];

  constructor(first: ChatModel) {
    this.#known = [first, { ...first, title: "second", ctx: 50 }];
    this.current = Promise.resolve(first);
  }

  names = () => this.#known.map(({ title }) => title);

  async see(): Promise<ChatModel> {
    this.current = this.current.then((model) => ({ ...model, sees: "now", ctx: 70 }));
    return this.current;
  }

  async use(name: string, signal: AbortSignal): Promise<ChatModel> {
    if (name === "slow")
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const known = this.#known.find(({ title }) => title === name);
    if (known === undefined) throw new Error(`there is no ${name}`);
    this.current = Promise.resolve(known);
    return this.current;
  }
}

class Room {
  readonly told: string[] = [];
  readonly drafts: string[] = [];
  readonly shown: string[] = [];
  readonly heard: (readonly ChatMessage[])[] = [];
  readonly drawn: Settings[] = [];
  readonly files = new Map<string, Kept>();
  readonly titles: string[] = [];
  readonly models: FakeModels;
  left = false;
  readonly chat: Chat;

  constructor(
    answers: readonly (readonly AnswerPart[] | Error)[] = [],
    { system, failingDisk = false }: { system?: string; failingDisk?: boolean } = {},
  ) {
    const queue = [...answers];
    const { heard, drawn, files } = this;
    const model: ChatModel = {
      title: "first",
      ctx: 100,
      chats: true,
      sees: "later",
      knownTemplate: null,
      about: "a model",
      license: "a license",
      async *answer(messages, settings, signal) {
        heard.push(messages);
        drawn.push(settings);
        const next = queue.shift() ?? [{ type: "text", text: `answer ${heard.length}` }, done()];
        if (next instanceof Error) throw next;
        for (const part of next) {
          if (signal.aborted && part.type !== "done") continue;
          yield signal.aborted && part.type === "done" ? { ...part, ending: "cancelled" } : part;
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    };
    const face: Face = {
      keys: "Enter sends",
      tell: (text) => void this.told.push(text),
      question: (text) => void this.shown.push(text),
      thinking: () => {},
      answer: (piece) => {
        if (piece === "stop me") this.chat.stop();
      },
      ended: () => {},
      draft: (text) => void this.drafts.push(text),
      changed: () => {},
      model: (title) => void this.titles.push(title),
      leave: () => {
        this.left = true;
      },
    };
    let name = 0;
    this.models = new FakeModels(model);
    this.chat = new Chat(
      {
        models: this.models,
        name: "auto-0",
        system,
        settings: { topK: 7 },
        saved: {
          newName: () => `auto-${++name}`,
          isName: (text) => /^[\w.-]+$/.test(text),
          names: () => [...files.keys()],
          list: () => [...files.keys()].join("\n"),
          write: (to, { system: said, turns, forgotten, settings }) => {
            if (failingDisk) throw new Error("the disk is full");
            files.set(to, { system: said, turns, forgotten, settings });
          },
          open: (from) => {
            const kept = files.get(from);
            if (kept === undefined) throw new Error(`no ${from}`);
            return kept;
          },
          replaced: (old) => void files.delete(old),
        },
        look: async (file) => {
          if (file === "none.png") throw new Error(`no file ${file}`);
          return { file: `/images/${file}`, sha256: "00" as Sha256 };
        },
        explain: (error) => (error instanceof Error && error.name === "Error" ? error.message : undefined),
        copy: (text) => `copied ${text}`,
        now: () => 0,
      },
      face,
    );
  }

  async type(...lines: string[]): Promise<this> {
    for (const line of lines) await this.chat.submit(line);
    return this;
  }
}

const contents = (messages: readonly ChatMessage[] = []) =>
  messages.map(({ role, content }) => `${role[0]}:${content}`);

it("remembers questions and answers, not the thinking, and keeps it all as it goes", async () => {
  const room = await new Room(
    [[{ type: "thinking", text: "hm" }, { type: "text", text: "\nHello " }, done({ used: 33 })]],
    { system: "Be brief." },
  ).type("Hi", "And?");
  expect(contents(room.heard[1])).toEqual(["s:Be brief.", "u:Hi", "a:Hello", "u:And?"]);
  expect(room.chat.now).toMatchObject({ used: 20, total: 100, tokensPerSecond: 9 });
  expect(room.files.get("auto-0")?.turns).toMatchObject([
    { question: "Hi", answer: "Hello", thinking: "hm", ending: "stop" },
    { question: "And?", answer: "answer 2" },
  ]);
});

it("says of a model that only thought that it gave no answer", async () => {
  const thought: AnswerPart[] = [{ type: "thinking", text: "hm" }, { type: "text", text: "\n" }, done()];
  const room = await new Room([thought]).type("one");
  expect(room.told).toEqual(["The model thought and gave no answer; /show thinking has what it thought."]);
});

it("keeps an answer that was stopped, and takes back a question that was stopped before one", async () => {
  const cut: AnswerPart[] = [{ type: "text", text: "stop me" }, { type: "text", text: "unseen" }, done()];
  const room = await new Room([cut, [done({ ending: "cancelled" })]]).type("one", "two");
  expect(room.chat.now.turns).toMatchObject([{ question: "one", answer: "stop me", ending: "cancelled" }]);
  expect(room.told).toEqual(["Stopped.", "Stopped; the question is taken back."]);
});

it("says what no longer fits, and does not send it again", async () => {
  const room = new Room([[done()], [{ type: "dropped", turns: 1, tokens: 40 }, { type: "text", text: "x" }, done()]]);
  room.chat.happened({ type: "asked", question: "first" });
  room.chat.happened({ type: "said", text: "reply" });
  await room.type("second", "third", "/context");
  expect(room.told[0]).toMatch(/context is full: the first question .* no longer sent .*\(40 tokens less\)/);
});

it("has forgotten no more than was said, also when that is taken back", () => {
  const asked = change(newConversation(undefined, {}), { type: "asked", question: "one" });
  const forgotten = change(asked, { type: "forgot", turns: 1 });
  expect(change(forgotten, { type: "withdrawn" })).toMatchObject({ turns: [], forgotten: 0 });
});

it("gives a question back that cannot be answered, and goes on", async () => {
  const room = await new Room([new Error("too long")]).type("very long", "short");
  expect([room.drafts, room.told, room.chat.now.turns.length]).toEqual([["very long"], ["too long"], 1]);
});

it("does not swallow what it cannot explain", async () => {
  await expect(new Room([new TypeError("bug")]).type("x")).rejects.toThrow("bug");
});

it("answers again and asks anew", async () => {
  const room = await new Room().type("one", "/regenerate", "/edit two", "/edit");
  expect(room.heard.map((messages) => contents(messages))).toEqual([["u:one"], ["u:one"], ["u:two"]]);
  expect([room.shown, room.drafts, room.chat.now.turns]).toEqual([["one", "two"], ["two"], []]);
});

it("sets, shows and takes back settings", async () => {
  const room = await new Room().type(
    "/set temp 0.5",
    "/set top_k 3",
    "x",
    "/set top-k default",
    "/set temp default",
    "y",
  );
  expect(room.drawn).toEqual([{ topK: 3, temp: 0.5 }, { topK: 7 }]);
  await room.type("/set", "/set temp", "/set temp 9", "/set top-k 1.5", "/set heat 1", "/set tmp 1", "/set stop END");
  expect(room.told.slice(-7)).toEqual([
    expect.stringMatching(/^temp +- +randomness/),
    expect.stringContaining("/set temp takes a number from 0 to 5"),
    expect.stringContaining("temp must be a number from 0 to 5"),
    expect.stringContaining("whole number"),
    expect.stringContaining("There is no setting heat: temp, top-p"),
    "There is no setting tmp. Did you mean temp?",
    "Set: stop END",
  ]);
});

it("changes and removes the system prompt", async () => {
  const room = await new Room().type("/system Be kind.", "x", "/system", "/system none", "y");
  expect([contents(room.heard[0]), contents(room.heard[1])]).toEqual([
    ["s:Be kind.", "u:x"],
    ["u:x", "a:answer 1", "u:y"],
  ]);
});

it("begins anew with /clear, and keeps the old conversation", async () => {
  const room = await new Room().type("old", "/clear", "new");
  expect([contents(room.heard[1]), [...room.files.keys()]]).toEqual([["u:new"], ["auto-0", "auto-1"]]);
});

it("saves under a name, loads, and writes over nothing", async () => {
  const room = await new Room().type(
    "one",
    "/save mine",
    "two",
    "/clear",
    "three",
    "/save mine",
    "/save a/b",
    "/load mine",
  );
  expect([...room.files.keys()]).toEqual(["mine", "auto-1"]);
  expect(room.files.get("mine")?.turns.map(({ question }) => question)).toEqual(["one", "two"]);
  expect(room.told).toEqual([
    "Saved as mine.",
    "The conversation is forgotten.",
    expect.stringContaining("There is a conversation mine already"),
    expect.stringContaining("A name has letters"),
    "Going on with mine (2 questions).",
  ]);
  await room.type("four");
  expect(contents(room.heard.at(-1))).toEqual(["u:one", "a:answer 1", "u:two", "a:answer 2", "u:four"]);
  await room.type("/load", "/load nothing");
  expect(room.told.slice(-2)).toEqual(["mine\nauto-1", "no nothing"]);
});

it("keeps what is new before it goes on with the same conversation as it is saved", async () => {
  const room = await new Room().type("one");
  room.chat.happened({ type: "asked", question: "unkept" });
  await room.type("/load auto-0");
  expect(room.chat.now.turns.map(({ question }) => question)).toEqual(["one", "unkept"]);
});

it("says that there is nothing to save yet", async () => {
  const room = await new Room().type("/save mine", "one");
  expect([room.told, [...room.files.keys()]]).toEqual([["It will be saved as mine, with the first answer."], ["mine"]]);
});

it("says once that it cannot save", async () => {
  const room = await new Room([], { failingDisk: true }).type("one", "two");
  expect(room.told).toEqual([expect.stringContaining("cannot be saved: the disk is full")]);
});

it("says again what it could not save, before it forgets it", async () => {
  const room = await new Room([], { failingDisk: true }).type("one", "/clear", "two");
  room.chat.end();
  expect(room.told.slice(1)).toEqual([
    expect.stringContaining("not saved: the disk is full"),
    "The conversation is forgotten.",
    expect.stringContaining("not saved: the disk is full"),
  ]);
});

it("copies the answer, or its last code", async () => {
  const answer: AnswerPart[] = [{ type: "text", text: "A\n```sh\nls\n```\nB\n~~~\ncat\n~~~" }, done()];
  const room = await new Room([answer]).type("/copy", "x", "/copy", "/copy code");
  expect(room.told).toEqual(["There is nothing to copy.", expect.stringMatching(/^copied A/), "copied cat"]);
});

it("55: finds commands in one list, suggests the nearest, explains each, and takes a path for a message", async () => {
  const room = await new Room().type("/regnerate", "/xyzzy", "/help set", "/usr/bin/env is what?", "/exit");
  expect(room.told[0]).toBe("There is no /regnerate. Did you mean /regenerate?");
  expect(room.told[1]).toBe("There is no /xyzzy. Type /? for help.");
  expect(room.told[2]).toMatch(/^\/set \[NAME VALUE\] {2}change how answers are drawn/);
  expect(contents(room.heard[0])).toEqual(["u:/usr/bin/env is what?"]);
  expect(room.left).toBe(true);
  const wanted = "help ? set show clear save load regenerate edit copy system model context license bye".split(" ");
  for (const name of wanted) {
    expect(findCommand(`/${name}`)).toHaveProperty("command");
    expect(helpOf("", "keys")).toContain(`/${name}`);
  }
  for (const { help } of COMMANDS) expect(help.length).toBeGreaterThan(4);
});

it("55: completes commands and their arguments", () => {
  const { chat } = new Room();
  expect(completions("/s", chat)).toEqual(["/set", "/show", "/save", "/system"]);
  expect(completions("/set to", chat)).toEqual(["/set top-p", "/set top-k"]);
  expect(completions("/help reg", chat)).toEqual(["/help regenerate"]);
  expect(completions("hello /s", chat)).toEqual([]);
});

it("goes on with another model: all is said to it again, and it is shown", async () => {
  const room = await new Room([
    [{ type: "dropped", turns: 0, tokens: 9 }, { type: "text", text: "one" }, done({ used: 90 })],
    [{ type: "dropped", turns: 1, tokens: 9 }, { type: "text", text: "two" }, done({ used: 90 })],
  ]).type("Hi", "And?", "/model second");
  expect(room.titles).toEqual(["second", "second"]);
  expect(room.told.at(-1)).toBe("second goes on (context 50 tokens).");
  expect(room.chat.now).toMatchObject({ forgotten: 0, used: 0, total: 50, tokensPerSecond: 0 });
  await room.type("More?");
  expect(contents(room.heard[2])).toEqual(["u:Hi", "a:one", "u:And?", "a:two", "u:More?"]);
  await room.type("/model second");
  expect(room.told.at(-1)).toBe("second answers already.");
  expect(completions("/model s", room.chat)).toEqual(["/model second"]);
});

it("stays with the model that it has when another cannot be had, or takes too long", async () => {
  const room = await new Room().type("Hi", "/model third");
  expect([room.told, room.titles.at(-1)]).toEqual([["there is no third", "first goes on."], "first"]);
  const slow = room.type("/model slow");
  await new Promise((resolve) => setImmediate(resolve));
  expect([room.chat.doing, room.chat.now.total, room.titles.at(-1)]).toEqual(["loading", 0, "slow"]);
  room.chat.stop();
  await slow;
  expect([room.chat.doing, room.told.slice(2), room.titles.at(-1)]).toEqual([
    undefined,
    ["Stopped.", "first goes on."],
    "first",
  ]);
  expect(room.chat.now).toMatchObject({ total: 100, used: 20 });
});

const cat = { file: "/images/cat.png", sha256: "00" };

it("sends an image with the next question, and keeps it there", async () => {
  const room = await new Room().type("/image cat.png", "what?", "and?");
  expect(room.heard[0]).toEqual([{ role: "user", content: "what?", images: [cat] }]);
  expect(room.heard[1]?.[0]).toEqual(room.heard[0]?.[0]);
  expect(room.heard[1]?.at(-1)).toEqual({ role: "user", content: "and?" });
  expect(room.chat.now.total).toBe(70);
  expect(room.files.get("auto-0")?.turns[0]?.images).toEqual([cat]);
});

it("attaches the images of a question that is taken back again", async () => {
  const room = await new Room().type("/image cat.png", "what?", "/regenerate");
  expect(room.heard[1]).toEqual([{ role: "user", content: "what?", images: [cat] }]);
  expect(room.shown).toEqual(["[cat.png] what?"]);
  await room.type("/edit who?");
  expect(room.heard[2]).toEqual([{ role: "user", content: "who?", images: [cat] }]);
});

it("tells why a file cannot be shown, and takes images back", async () => {
  const room = await new Room().type("/image none.png", "/image '/a b/cat.png'", "/image", "/image none", "hello");
  expect(room.told).toContain("no file none.png");
  expect(room.told).toContain("With the next question: cat.png.");
  expect(room.told).toContain("No image goes with the next question.");
  expect(room.heard).toEqual([[{ role: "user", content: "hello" }]]);
});
