// What is not redrawn, in a pseudo terminal that could: for screen readers, and the chat by plain lines.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { afterAll, expect, it } from "vitest";
import { startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { GO, scriptedModel } from "../support/scripted-model.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const homes: Home[] = [];
afterAll(() => {
  for (const home of homes) home.remove();
});
function newHome(env: Readonly<Record<string, string>> = {}): Home {
  const home = new Home(env);
  homes.push(home);
  return home;
}

const PROMPT = /\n?> $/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
const COLORS = /\u001b\[[\d;]*m/g;

it("57: a screen reader hears of a download in lines, from tenth to tenth, and of no cursor", async () => {
  const body = Buffer.concat([tinyGguf(), Buffer.alloc(3_000_000)]);
  const repo = { id: "org/m-GGUF", files: { "m-Q8_0.gguf": body }, card: { license: "mit" } };
  const hub = await startFakeHub({ repos: [repo] });
  hub.faults.set("m-Q8_0.gguf", { at: "cdn", bytesPerSecond: 1_000_000 });
  const home = newHome({ HF_ENDPOINT: hub.endpoint, OSLM_SCREEN_READER: "1" });
  const { code, raw, text } = await inTerminal(home, ["pull", "org/m-GGUF"]);
  await hub.close();
  expect([code, text]).toEqual([0, expect.stringMatching(/downloading m-Q8_0\.gguf[\s\S]*\n +\d0% [\s\S]*verified/)]);
  expect(raw.replace(COLORS, "").replaceAll("\r\n", "\n")).not.toMatch(/[\r]/);
  expect(raw.replace(COLORS, "")).not.toContain("\u001b");
});

it("53: a chat by lines folds thinking, or shows it dim, and never repeats it to the model", async () => {
  const home = newHome();
  const file = join(home.path, "thinker.gguf");
  // It ends where thinking has come back to it.
  const template = `{% for m in messages %}{% if 'secret' in m.content %}{{ raise_exception('leaked') }}{% endif %}{{ m.content }}{% endfor %}{% if false %}<think>{% endif %}{{ '${GO}' }}`;
  writeFileSync(file, scriptedModel({ script: ["<think>", "a secret", "</think>", "an answer"], template }));
  const { code, raw, text } = await inTerminal(
    home,
    ["chat", file, "--plain"],
    [
      [PROMPT, "one\r"],
      [/Thinking\.\.\.\nThought for \ds;.*\nan answer\n> $/, "/set thinking show\r"],
      [/Set: thinking show\n> $/, "two\r"],
      [/two\nThinking\.\.\.\na secret\n.*\nan answer\n> $/, "/bye\r"],
    ],
  );
  expect([code, text]).toEqual([0, expect.not.stringContaining("leaked")]);
  expect(raw).toContain(styleText("dim", " secret", { validateStream: false }));
  expect(raw).toContain("\r\nan answer\r\n");
});
