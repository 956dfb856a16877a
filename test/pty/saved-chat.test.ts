// Conversations that are saved and go on, in a pseudo terminal.
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { inTerminal, type Step } from "../support/pty.js";

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => home.remove());

const PROMPT = /\n?> $/;
const chats = () => join(home.path, ".local/state/oslm/chats");

function plain(steps: readonly Step[], args: readonly string[] = []) {
  return inTerminal(home, ["chat", "demo", "--plain", ...args], steps);
}

it("keeps the conversation privately as it goes, and goes on with it", async () => {
  const first = await plain([
    [PROMPT, "How do I pull a model?\r"],
    [/oslm pull[\s\S]*> $/, "\u0004"],
  ]);
  expect(first.code).toBe(0);
  const [file = ""] = readdirSync(chats());
  const path = join(chats(), file);
  expect([statSync(path).mode & 0o777, statSync(chats()).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
    model: { ref: "demo", commit: null },
    turns: [{ question: "How do I pull a model?", ending: "stop" }],
  });
  const second = await plain(
    [
      [/Going on with [\s\S]*> How do I pull a model\?[\s\S]*oslm pull[\s\S]*> $/, "/save mine\r"],
      [/Saved as mine[\s\S]*> $/, "/bye\r"],
    ],
    ["--continue"],
  );
  expect([second.code, readdirSync(chats())]).toEqual([0, ["mine.json"]]);
  const third = await plain([[/Going on with mine \(1 question\)[\s\S]*> $/, "/bye\r"]], ["--session", "mine"]);
  expect(third.code).toBe(0);
});

it("says that a saved conversation is broken, and leaves it alone", async () => {
  const made = await plain(
    [
      [PROMPT, "Hi\r"],
      [/\n> $/, "/bye\r"],
    ],
    ["--session", "mine"],
  );
  expect(made.code).toBe(0);
  const path = join(chats(), "mine.json");
  writeFileSync(path, readFileSync(path, "utf8").slice(0, 60));
  const refused = await plain([], ["--session", "mine"]);
  expect(refused.code).toBe(8);
  expect(refused.text).toMatch(
    /the saved conversation in .*mine\.json cannot be\s+read\n {2}It is not JSON, or cut off\.\nTry: /,
  );
  const passedOver = await plain([], ["--continue"]);
  expect([passedOver.code, passedOver.text]).toEqual([
    3,
    expect.stringMatching(/is passed over: it is not JSON[\s\S]*no conversation with demo is saved/),
  ]);
  const loaded = await plain([
    [PROMPT, "/load mine\r"],
    [/cannot be read[\s\S]*> $/, "/load other\r"],
    [/saved as other[\s\S]*Try: \/load {3}\(it lists the saved ones\)\n> $/, "/bye\r"],
  ]);
  expect(loaded.code).toBe(0);
  expect(readFileSync(path, "utf8")).toHaveLength(60);
});

it("saves under another name, and says so at the end, what another oslm keeps it from saving under its own", async () => {
  const steps = (plain: boolean): Step[] => [
    [plain ? PROMPT : /context 2,048/, "How do I pull a model?\r"],
    [
      plain ? /oslm pull[\s\S]*> $/ : /tokens\/s/,
      async (child) => {
        const path = join(chats(), "mine.json");
        utimesSync(path, new Date(), new Date(Date.now() + 5_000));
        child.write("And how do I remove it?\r");
      },
    ],
    [plain ? /cannot be saved[\s\S]*oslm rm[\s\S]*\n> $/ : /cannot be saved[\s\S]*oslm rm[\s\S]*tokens\/s/, "/bye\r"],
  ];
  for (const args of [["--plain"], []]) {
    rmSync(chats(), { recursive: true, force: true });
    const { code, text } = await inTerminal(
      home,
      ["chat", "demo", ...args, "--session", "mine"],
      steps(args.length > 0),
      { columns: 140 },
    );
    const [other = ""] = readdirSync(chats()).filter((file) => file !== "mine.json");
    const name = other.replace(/\.json$/, "");
    expect([code, text]).toEqual([
      0,
      expect.stringContaining(`Saved as ${name}, apart from mine: --session ${name} goes on with it.`),
    ]);
    expect(readFileSync(join(chats(), other), "utf8")).toContain("And how do I remove it?");
  }
});
