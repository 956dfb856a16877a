// Conversations and questions in a pseudo terminal.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { DEMO, Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

let home: Home;
let hub: FakeHub;
beforeAll(async () => {
  hub = await startFakeHub({
    repos: [{ id: "org/llama-GGUF", files: { "m-Q8_0.gguf": { file: DEMO } }, card: { license: "llama3.2" } }],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

const PROMPT = /\n?> $/;

it("chats, remembers, and leaves with Ctrl-D", async () => {
  const { code, text } = await inTerminal(
    home,
    ["run", "demo"],
    [
      [PROMPT, "How do I pull a model?\r"],
      [/oslm pull[\s\S]*> $/, "And how do I remove it?\r"],
      [/oslm rm[\s\S]*> $/, "\u0004"],
    ],
  );
  expect([code, text]).toEqual([0, expect.stringContaining("/? for help, Ctrl-D to leave")]);
});

it("leaves with /bye, helps with /?, forgets with /clear, and knows no other command", async () => {
  const { code, text } = await inTerminal(
    home,
    ["chat", "demo"],
    [
      [PROMPT, "/?\r"],
      [/forget the conversation[\s\S]*> $/, "/clear\r"],
      [/is forgotten[\s\S]*> $/, "/nope\r"],
      [/no \/nope[\s\S]*> $/, "/bye\r"],
    ],
  );
  expect([code, text]).toEqual([0, expect.stringContaining("begin and end a message of several lines")]);
});

it("takes a message of several lines", async () => {
  const { code } = await inTerminal(
    home,
    ["run", "demo"],
    [
      [PROMPT, '"""How do I\r'],
      [/\.\.\. $/, 'pull a model?"""\r'],
      [/oslm pull[\s\S]*> $/, "/bye\r"],
    ],
  );
  expect(code).toBe(0);
});

it("stops an answer at Ctrl-C and goes on; at an empty prompt it says how to leave, then leaves", async () => {
  const { code, text } = await inTerminal(
    home,
    ["run", "demo", "--temp", "4", "--top-k", "0", "--min-p", "0"],
    [
      [PROMPT, "Tell me a story\r"],
      [/story\n[\s\S]{20}/, "\u0003"],
      [PROMPT, "\u0003"],
      ["Use Ctrl-D or /bye to leave.", "\u0003"],
    ],
  );
  expect(code).toBe(0);
  expect(text).not.toMatch(/\n\s+at /);
});

it("asks for a license with its obligations, and takes no for an answer", async () => {
  const declined = await inTerminal(home, ["pull", "org/llama-GGUF"], [["Accept llama3.2? [y/N]", "n\r"]]);
  expect(declined.code).toBe(130);
  expect(declined.text).toMatch(/Llama 3\.2[\s\S]*- .*Built with Llama[\s\S]*nothing was downloaded/);
  const interrupted = await inTerminal(home, ["pull", "org/llama-GGUF"], [["Accept llama3.2? [y/N]", "\u0003"]]);
  expect(interrupted.code).toBe(130);
  expect(home.filesButEvidence().filter((file) => !file.endsWith("/loads.jsonl"))).toEqual([]);
});

it("shows a bar while it downloads, and leaves the cursor visible", async () => {
  hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 2_000_000 });
  const { code, raw, text } = await inTerminal(home, ["pull", "org/llama-GGUF"], [["[y/N]", "y\r"]]);
  expect([code, text]).toEqual([
    0,
    expect.stringMatching(/m-Q8_0\.gguf +█*░+ +\d+%[\s\S]*m-Q8_0\.gguf {2}[\d.]+ MB {2}verified/),
  ]);
  expect(raw.lastIndexOf("\u001b[?25h")).toBeGreaterThan(raw.lastIndexOf("\u001b[?25l"));
  expect(raw).not.toContain("\u001b[3J");
});

it("writes no color where none is wanted", async () => {
  const { raw } = await inTerminal(home, ["list"], [], { env: { NO_COLOR: "1" } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for exactly that
  expect(raw).not.toMatch(/\u001b\[[\d;]*m/);
});
