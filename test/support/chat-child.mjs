// The built screen of a chat with a model that says what the test wants: `node chat-child.mjs FILE` answers every question with
// the file, a line at a time.
import { readFileSync } from "node:fs";
import { screenChat } from "../../dist/parts/screen.mjs";

const lines = readFileSync(process.argv[2], "utf8").split(/(?<=\n)/);
const model = {
  title: "fake",
  ctx: 100_000,
  chats: true,
  about: "a model",
  license: "a license",
  async *answer(_messages, _settings, signal) {
    for (const text of lines) {
      if (signal.aborted) break;
      const thinking = text.startsWith("thinking: ");
      yield { type: thinking ? "thinking" : "text", text };
      await new Promise((done) => setTimeout(done, 2));
    }
    const ending = signal.aborted ? "cancelled" : "stop";
    yield { type: "done", ending, used: 5000, tokens: 4000, tokensPerSecond: 50 };
  },
};
const { stdin, stdout } = process;
const parts = {
  title: "fake",
  models: { current: Promise.resolve(model), names: () => [], use: async () => model },
  saved: {
    newName: () => "x",
    isName: () => true,
    names: () => [],
    list: () => "",
    write() {},
    read() {},
    replaced() {},
  },
  name: "x",
  system: undefined,
  settings: {},
  history: { read: () => [], add() {} },
  explain: () => undefined,
  copy: () => "",
  edit: undefined,
  takeInterrupts: () => () => {},
  now: () => performance.now(),
  begun() {},
};
stdout.write("shell text before\n");
await screenChat({ terminal: { stdin, stdout, stdoutColor: true } }, parts, new AbortController().signal);
stdout.write("shell text after\n");
