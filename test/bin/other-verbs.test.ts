// What people type who come from other programs.
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadCommands } from "../../src/cli/load-commands.js";
import { OTHER_VERBS, SAME_VERB } from "../../src/cli/other-verbs.js";
import { version } from "../../src/cli/version.js";
import { Home } from "../support/oslm.js";

let home: Home;
beforeAll(() => {
  home = new Home();
});
afterAll(() => home.remove());

it.each([
  [["version"], /flag/, "oslm --version"],
  [["serve"], /no server/, "oslm run MODEL PROMPT"],
  [["ps"], /no server/, "oslm list   (what is on this disk)"],
  [["push", "mine"], /uploads nothing/, "oslm show MODEL --quiet   (where its file is)"],
  [["create", "mine", "-f", "Modelfile"], /no Modelfiles/, /oslm cp MODEL NAME/],
  [["login"], /oslm auth/, "oslm auth login"],
  [["download", "qwen2:0.5b"], /not understood/, "oslm pull qwen2:0.5b --json"],
  [["info", "a model"], /not understood/, 'oslm show "a model" --json'],
  [["delete", "qwen2"], /not understood/, "oslm rm qwen2 --json"],
  [["-v"], /--verbose tells more/, "oslm --version"],
])("%j", async (args, detail, hint) => {
  const { code, stderr } = await home.run([...args, "--json"]);
  expect([code, JSON.parse(stderr).error]).toEqual([
    2,
    expect.objectContaining({
      detail: expect.stringMatching(detail),
      hint: typeof hint === "string" ? hint : expect.stringMatching(hint),
    }),
  ]);
});

it("names only commands that there are, and none of them as another's", async () => {
  const commands = (await loadCommands([], () => expect.unreachable())).flatMap(({ command }) => [
    command.name(),
    ...command.aliases(),
  ]);
  for (const verb of Object.values(SAME_VERB)) expect(commands).toContain(verb);
  for (const verb of [...Object.keys(SAME_VERB), ...Object.keys(OTHER_VERBS)]) expect(commands).not.toContain(verb);
});

it("gives the version as text and as a document", async () => {
  expect((await home.run(["--version"])).stdout).toBe(`oslm ${version}\n`);
  expect(JSON.parse((await home.run(["--version", "--json"])).stdout)).toEqual({ version });
});
