// Never silent: prompts that are too long, and answers that were cut.
import { afterAll, expect, it } from "vitest";
import { Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
const run = (...args: string[]) => home.run(["run", "demo", ...args]);
const LONG = "one two three four. ".repeat(200);
/** 21 MB: more than a template may write, and half a minute of tokenizing. */
const HUGE = "one two three four.\n".repeat(1_050_000);

it("refuses a prompt that is longer than the context, with numbers and ways", async () => {
  const { code, stdout, stderr } = await run(LONG, "--ctx", "256", "--json");
  expect([code, stdout]).toEqual([2, ""]);
  const { error } = JSON.parse(stderr) as { error: { message: string; hint: string; facts: Record<string, number> } };
  const { tokens = 0, over, needed = 0 } = error.facts;
  expect(error.message).toMatch(/prompt has \d+ tokens, but the context holds 256: \d+ too many/);
  expect(over).toBe(tokens - 255);
  expect(needed).toBeGreaterThan(tokens);
  expect(error.hint).toContain(`--ctx ${needed}`);
  // What it says to type works.
  expect(await run(LONG, "--ctx", String(needed), "-n", "1")).toMatchObject({ code: 0 });
});

it("offers no context that this machine has no memory for", async () => {
  const args = ["run", "demo", "--ctx", "256", "--ram", "160MB"];
  const { code, stderr } = await home.run(args, { stdin: HUGE });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^oslm: the prompt has about \d{8} tokens, but .* 256: /)]);
  expect(stderr).toContain("Try: add --truncate");
  expect(stderr).not.toContain("--ctx");
});

it("leaves out the middle with --truncate, and says what", async () => {
  const { code, stdout, stderr } = await home.run(
    ["run", "demo", "How do I pull a model?", "--ctx", "512", "--truncate", "--json"],
    { stdin: `first words\n${LONG}\nlast words` },
  );
  expect([code, stderr]).toEqual([0, ""]);
  const document = JSON.parse(stdout) as { usage: { promptTokens: number }; truncated: { tokens: number } };
  expect(document).toMatchObject({ truncated: { parts: [{ from: "stdin", tokens: document.truncated.tokens }] } });
  expect(document.usage.promptTokens).toBeLessThan(512 - 200);
  expect(document.usage.promptTokens).toBeGreaterThan(512 / 4);
  const text = await home.run(["run", "demo", "-", "--ctx", "512", "--truncate", "-n", "1"], { stdin: HUGE });
  expect(text.stderr).toMatch(
    /^warning: left out \d+ tokens that the context does not hold: \d+ from the middle of stdin/,
  );
  const argument = await run(LONG, "--ctx", "256", "--truncate");
  const refused =
    /^oslm: nothing is left to cut: what stays whole has (\d+) tokens, and the context holds 256\n.*\nTry: raise --ctx/;
  expect([argument.code, argument.stderr]).toEqual([2, expect.stringMatching(refused)]);
  expect(Number(refused.exec(argument.stderr)?.[1])).toBeGreaterThan(256);
  const template = await home.run(["run", "demo", "-", "--ctx", "20", "--truncate"], { stdin: LONG });
  expect([template.code, template.stderr]).toEqual([2, expect.stringContaining("what stays whole has")]);
  expect(template.stderr).not.toContain("--truncate");
});

it("says that an answer was cut, and by what", async () => {
  const asked = await run("Tell me a story", "-n", "7");
  expect([asked.code, asked.stderr]).toEqual([0, "warning: the answer was cut after 7 tokens, as asked by -n\n"]);
  const { stdout } = await run("Tell me a story", "-n", "7", "--json");
  const document = JSON.parse(stdout) as { usage: { promptTokens: number } };
  expect(document).toMatchObject({
    finishReason: "length",
    cutBy: "max-tokens",
    usage: { completionTokens: 7 },
  });
  // The prompt leaves three tokens.
  const ctx = document.usage.promptTokens + 3;
  const full = await run("Tell me a story", "--ctx", String(ctx));
  expect(full.stderr).toBe(`warning: the answer was cut after 3 tokens: the context of ${ctx} is full (--ctx)\n`);
});
