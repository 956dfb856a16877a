// Events and probabilities for programs.
import { afterAll, expect, it } from "vitest";
import { Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
const run = (...args: string[]) => home.run(["run", "demo", ...args]);

interface Event {
  readonly type: string;
  readonly text?: string;
  readonly top?: readonly { readonly text: string; readonly logprob: number }[];
}
interface Scored {
  readonly id: number;
  readonly text: string;
  readonly logprob: number;
  readonly top: readonly { readonly id: number; readonly text: string; readonly logprob: number }[];
}
const QUESTION = "How do I pull a model?";

it("prints a line for each event with --stream=jsonl: start, the pieces, done with the whole result", async () => {
  const [streamed, whole] = await Promise.all([
    run(QUESTION, "--stream=jsonl", "-n", "12"),
    run(QUESTION, "--json", "-n", "12"),
  ]);
  expect([streamed.code, streamed.stderr]).toEqual([0, ""]);
  const events = streamed.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  expect(events[0]).toEqual({ type: "start", model: { ref: "demo", commit: null }, ctx: expect.any(Number) });
  expect(events.slice(1, -1).every(({ type }) => type === "text")).toBe(true);
  expect(events.length).toBeGreaterThan(5);
  const { timings: _, ...expected } = JSON.parse(whole.stdout) as {
    text: string;
    timings: unknown;
    receipt: { sampling: object };
  };
  const receipt = {
    ...expected.receipt,
    sampling: { ...expected.receipt.sampling, seed: expect.any(Number) },
    at: expect.any(String),
  };
  expect(events.at(-1)).toEqual({ type: "done", timings: expect.any(Object), ...expected, receipt });
  expect(
    events
      .map(({ type, text }) => (type === "text" ? text : ""))
      .join("")
      .trim(),
  ).toBe(expected.text);
});

it("says on stderr, as JSON, why events end without done", async () => {
  const { code, stdout, stderr } = await run(QUESTION, "--stream=jsonl", "-n", "3", "--format", "json");
  expect(code).toBe(9);
  expect(
    stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as Event).type),
  ).not.toContain("done");
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "bad-result" } });
});

it("gives the likeliest tokens with --n-probs, and the same answer as without", async () => {
  const args = [
    QUESTION,
    "--json",
    "-n",
    "8",
    "--seed",
    "7",
    "--temp",
    "1",
    "--top-k",
    "0",
    "--top-p",
    "1",
    "--min-p",
    "0",
  ];
  const [scored, plain, events] = await Promise.all([
    run(...args, "--n-probs", "3"),
    run(...args),
    run(QUESTION, "--stream=jsonl", "-n", "2", "--n-probs", "2"),
  ]);
  const { text, tokens } = JSON.parse(scored.stdout) as { text: string; tokens: readonly Scored[] };
  const other = JSON.parse(plain.stdout) as { text: string };
  expect(text).toBe(other.text);
  expect(other).not.toHaveProperty("tokens");
  expect(tokens.length).toBe(8);
  expect(
    tokens
      .map((token) => token.text)
      .join("")
      .trim(),
  ).toBe(text);
  for (const { logprob, top } of tokens) {
    expect(top.length).toBe(3);
    const logprobs = top.map((one) => one.logprob);
    expect(logprobs).toEqual([...logprobs].sort((a, b) => b - a));
    expect(Math.max(logprob, ...logprobs)).toBeLessThanOrEqual(0);
    expect(logprobs.reduce((sum, one) => sum + Math.exp(one), 0)).toBeLessThanOrEqual(1.001);
  }
  const pieces = events.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Event);
  expect(pieces.filter(({ type }) => type === "token").map(({ top }) => top?.length)).toEqual([2, 2]);
});

it.each([
  [["--n-probs", "3"], /--n-probs has no place in a text/],
  [["--stream", "--json"], /--stream and --json exclude each other/],
  [["--stream=xml"], /Allowed choices are text, jsonl/],
  [["--n-probs", "0", "--json"], /a whole number from 1 to 1000/],
])("refuses %j", async (args, text) => {
  const { code, stdout, stderr } = await run(QUESTION, ...args);
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringMatching(text)]);
});
