// The flags that say how tokens are drawn.
import { afterAll, expect, it } from "vitest";
import { Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
const run = (...args: string[]) => home.run(["run", "demo", "Tell me a story", ...args]);
const said = async (...args: string[]): Promise<string> => {
  const { code, stdout } = await run("-n", "24", "--temp", "0", ...args);
  expect(code).toBe(0);
  return stdout;
};
/** The text may be the same for a model that is so sure; the probabilities are not. */
const scores = async (...args: string[]): Promise<string> => {
  const { tokens } = JSON.parse(await said("--json", "--n-probs", "1", ...args)) as { tokens: unknown };
  return JSON.stringify(tokens);
};

it("makes less likely with penalties what was said, and nothing where they are off or look nowhere", async () => {
  const [plain, off, nowhere, ...penalized] = await Promise.all([
    scores(),
    scores("--repeat-penalty", "1", "--presence-penalty", "0", "--frequency-penalty", "0"),
    scores("--repeat-penalty", "3", "--repeat-last-n", "0"),
    scores("--repeat-penalty", "3"),
    scores("--presence-penalty", "2"),
    scores("--frequency-penalty", "2"),
  ]);
  expect([off, nowhere]).toEqual([plain, plain]);
  expect(new Set([plain, ...penalized]).size).toBe(4);
});

it("ends at whichever stop text comes first", async () => {
  const plain = await said();
  expect(await run("--stop", "")).toMatchObject({ code: 2, stdout: "" });
  const words = plain.split(/\s+/).filter((word) => /^[a-z]{4,}$/i.test(word));
  const [first = "", second = ""] = [words[2], words[4]];
  expect((await said("--stop", second, "--stop", first)).trimEnd()).toBe(
    plain.slice(0, plain.indexOf(first)).trimEnd(),
  );
});

it.each([
  ["--temp", ["-1", "6", "hot", ""]],
  ["--top-p", ["1.1", "-0.1"]],
  ["--top-k", ["-1", "1.5"]],
  ["--min-p", ["2"]],
  ["--repeat-penalty", ["0", "11"]],
  ["--presence-penalty", ["3"]],
  ["--frequency-penalty", ["-2.5"]],
  ["--repeat-last-n", ["-1", "70000"]],
  ["--seed", ["-1", "4294967296", "1e400"]],
  ["--max-tokens", ["0", "many"]],
  ["--ctx", ["0", "8kk", "-5"]],
])("refuses a %s that it does not know: %j", async (flag, values) => {
  for (const value of values) {
    const { code, stdout, stderr } = await run(`${flag}=${value}`);
    expect([value, code, stdout]).toEqual([value, 2, ""]);
    expect(stderr).toMatch(/It must be a .*\n {2}.*\nTry: oslm run --help\n$/);
  }
});
