// What a newcomer sees in a terminal: mistakes stand out, and no word is cut at the edge.
import { afterAll, expect, it } from "vitest";
import { emulate } from "../support/emulate.js";
import { startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const home = new Home();
const homes = [home];
afterAll(() => {
  for (const one of homes) one.remove();
});

const RED = "\u001b[31m\u001b[1moslm:";
const CYAN = "\u001b[36m\u001b[1mTry:";

it("shows where an error begins and what to try, in colors where there are any", async () => {
  const shown = await inTerminal(home, ["pull", "qwen9"]);
  expect([shown.code, shown.raw]).toEqual([3, expect.stringContaining(RED)]);
  expect(shown.raw).toContain(CYAN);
  expect(shown.text).toMatch(
    /\noslm: no model is known by the name "qwen9"\n {2}Did you mean .*qwen3.*\nTry: oslm pull qwen3\.5\n$/,
  );
  // A flag that is not read as one yet counts as well.
  const plain: [string[], Record<string, string>][] = [
    [["--no-color", "pull", "qwen9"], {}],
    [["list", "--no-such", "--no-color"], {}],
    [["pull", "qwen9"], { NO_COLOR: "1" }],
  ];
  for (const [args, env] of plain) {
    const { raw } = await inTerminal(home, args, [], { env });
    expect(raw).toContain("oslm: ");
    expect(raw).not.toContain("\u001b[");
  }
});

it("breaks sentences between words", async () => {
  const hub = await startFakeHub({
    repos: [{ id: "org/m-GGUF", files: { "m-Q8_0.gguf": tinyGguf() }, card: { license: "mit" } }],
  });
  try {
    for (const columns of [60, 80]) {
      const fresh = new Home({ HF_ENDPOINT: hub.endpoint });
      homes.push(fresh);
      const list = await inTerminal(home, ["list"], [], { columns });
      const pull = await inTerminal(fresh, ["pull", "org/m-GGUF"], [], { columns });
      for (const { raw } of [list, pull])
        for (const line of emulate(raw, 30).filter((one) => !/^\/|Run it: /.test(one)))
          expect(line.length, line).toBeLessThanOrEqual(columns);
      expect(pull.text.replace(/\s+/g, " ")).toContain(
        "Q8_0: the best quality up to Q8_0 that fits and is expected to reach 10 tokens/s",
      );
      expect(pull.code).toBe(0);
    }
  } finally {
    await hub.close();
  }
});
