// Completion: what the program offers, and what real shells make of its scripts.
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JSON_FIELDS } from "../../src/cli/completion/json-fields.js";
import { BIN, DEMO, Home } from "../support/oslm.js";
import { inTerminal, type Step } from "../support/pty.js";

const exec = promisify(execFile);
const home = new Home();
const bin = join(home.path, "bin");
const SCRIPTS = join(BIN, "..", "..", "completions");

/** Writes down the last of its arguments, in a file named by the first. */
const WORDS = `#!/bin/sh
file="$HOME/words-$1" number=$1
for last; do :; done
printf %s "$last" >"$file"
echo "did-$number."
`;

beforeAll(async () => {
  mkdirSync(bin);
  writeFileSync(join(bin, "oslm"), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`);
  chmodSync(join(bin, "oslm"), 0o755);
  writeFileSync(join(bin, "words"), WORDS);
  chmodSync(join(bin, "words"), 0o755);
  for (const name of ["cat.png", "my model.gguf"]) writeFileSync(join(home.path, name), "");
  symlinkSync(DEMO, join(home.path, "local.gguf"));
  await home.run(["import", DEMO, "--name", "mine:small"]);
});
afterAll(() => home.remove());

/** The values offered, and whether files are welcome. */
async function offers(...words: string[]): Promise<{ values: readonly string[]; files: boolean }> {
  const { code, stdout, stderr } = await home.run(["__complete", "--", ...words]);
  expect([code, stderr]).toEqual([0, ""]);
  const lines = stdout.trimEnd().split("\n");
  return { values: lines.slice(0, -1).map((line) => line.split("\t")[0] ?? ""), files: lines.at(-1) === ":files" };
}

it("58: answers with commands, flags, models, quantizations and choices", async () => {
  expect((await offers("")).values).toEqual(expect.arrayContaining(["run", "pull", "license", "completion", "help"]));
  expect((await offers("")).values).not.toContain("__complete");
  expect((await offers("ru")).values).toEqual(["run"]);
  expect((await offers("run", "qwen2:")).values).toContain("qwen2:0.5b");
  expect((await offers("run", "mi")).values[0]).toBe("mine:small");
  expect((await offers("rm", "")).values).toEqual(["mine:small"]);
  expect((await offers("run", "demo", "--se")).values).toEqual(["--seed", "--session"]);
  expect((await offers("complete", "mi")).values[0]).toBe("mine:small");
  expect(await offers("batch", "demo", "")).toEqual({ values: [], files: true });
  expect(await offers("complete", "demo", "--lora", "")).toEqual({ values: [], files: true });
  expect(await offers("merge", "demo", "")).toEqual({ values: [], files: true });
  expect((await offers("convert", "x", "--base", "")).values).toEqual(["mine:small"]);
  expect(await offers("convert", "x", "--base", "../")).toEqual({ values: [], files: true });
  expect((await offers("batch", "demo", "--draft", "mi")).values[0]).toBe("mine:small");
  expect((await offers("embed", "demo", "--format", "")).values).toEqual(["json", "jsonl", "raw"]);
  expect((await offers("pull", "x", "--quant", "q5_k_m")).values).toEqual(["Q5_K_M"]);
  expect((await offers("pull", "x", "--quant=q5_k_m")).values).toEqual(["--quant=Q5_K_M"]);
  expect((await offers("fit", "--prefer", "")).values).toEqual(["balanced", "quality", "speed", "context"]);
  expect((await offers("--offline", "fit", "x", "--ra")).values).toEqual(["--ram"]);
  expect((await offers("license", "rep")).values).toContain("report");
  expect((await offers("pull", "x", "--accept-license", "apache")).values).toContain("apache-2.0");
  expect(await offers("--policy", "")).toEqual({ values: [], files: true });
  expect(await offers("run", "./")).toEqual({ values: [], files: true });
  expect(await offers("run", "demo", "any")).toEqual({ values: [], files: false });
  expect((await offers("run", "--", "--")).values).toEqual([]);
  expect((await offers("nonsense", "")).values).toEqual([]);
});

/** A command line for each entry of the table. */
const RESULTS: Readonly<Record<string, readonly string[]>> = {
  card: ["card", "mine:small"],
  complete: ["complete", "demo", "hi"],
  convert: ["convert", "./x"],
  cp: ["cp", "mine:small", "other"],
  embed: ["embed", "demo", "hi"],
  fit: ["fit", "demo"],
  license: ["license", "demo"],
  prune: ["prune", "--dry-run"],
  pull: ["pull", "org/x"],
  quantize: ["quantize", "mine:small", "Q4_K_M"],
  "quantize --compare": ["quantize", "a.gguf", "b.gguf", "--compare"],
  rm: ["rm", "mine:small", "--yes"],
  run: ["run", "demo", "hi"],
  search: ["search", "x"],
  show: ["show", "demo"],
};

it.each(Object.keys(JSON_FIELDS).filter((key) => key !== "replay"))(
  "knows the fields of %s as the command does, which looks at them before it does anything",
  async (key) => {
    const { code, stderr } = await home.run([...(RESULTS[key] ?? key.split(" ")), "--json=none-such"]);
    expect([code, JSON.parse(stderr).error.hint]).toEqual([2, `--json=${JSON_FIELDS[key]?.replaceAll(" ", ",")}`]);
    expect((await home.run(["list", "--quiet"])).stdout).toBe("mine:small\n");
  },
);

it("says in a word what each thing is", async () => {
  const { stdout } = await home.run(["__complete", "--", "run", "mine"]);
  expect(stdout).toMatch(/^mine:small\tQ8_0, [\d.]+ [KM]B, on this disk\n:\n$/);
});

it.each(["bash", "zsh", "fish", "powershell"])("prints the script for %s", async (shell) => {
  const { code, stdout } = await home.run(["completion", shell]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("__complete")]);
});

const has = async (program: string, ...args: string[]): Promise<boolean> =>
  exec(program, args).then(
    () => true,
    () => false,
  );
const env = { ...home.env, PATH: `${bin}:${process.env.PATH}`, TERM: "dumb" };

describe("in real shells", async () => {
  const [zsh, fish, pwsh] = await Promise.all([has("zsh", "-c", ":"), has("fish", "-c", ":"), has("pwsh", "-v")]);

  /** What bash would put in place of the word at the end of `line`. */
  async function bash(line: string): Promise<string[]> {
    const script = `source "${join(SCRIPTS, "oslm.bash")}"; compopt() { :; }
      COMP_LINE=$1 COMP_POINT=\${#1}; _oslm oslm; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await exec("bash", ["-c", script, "bash", line], { env });
    return stdout.split("\n").filter((value) => value !== "");
  }

  it("bash: names with a colon, which it takes for two words", async () => {
    expect(await bash("oslm run qwen2:0")).toContain("0.5b");
    expect(await bash("oslm run mine")).toEqual(["mine:small"]);
    expect(await bash("oslm run mine:")).toEqual(["small"]);
    expect(await bash("oslm pull x --quant=q5_k_m")).toEqual(["Q5_K_M"]);
    expect(await bash("oslm rec")).toEqual(["recommend"]);
    expect(await bash("oslm list --json=na")).toEqual(["name"]);
    expect(await bash("oslm list --json=name,si")).toEqual(["name,size"]);
    expect(await bash("oslm run demo ")).toEqual([]);
  });

  it.skipIf(!zsh)("zsh: loads and offers", async () => {
    const script = `fpath=("${SCRIPTS}" $fpath); autoload -Uz compinit; compinit -u -d "$HOME/.zcompdump"
      _describe() { print -rl -- "\${(@P)3}"; }; words=(oslm run mine); CURRENT=3; _oslm`;
    const { stdout } = await exec("zsh", ["-f", "-c", script], { env });
    expect(stdout).toContain("mine\\:small:");
  });

  it.skipIf(!fish)("fish: loads and offers", async () => {
    const script = `source "${join(SCRIPTS, "oslm.fish")}"; complete -C "oslm run mine"`;
    const { stdout } = await exec("fish", ["--no-config", "-c", script], { env });
    expect(stdout).toMatch(/^mine:small\tQ8_0/);
  });

  /** What is typed before Tab, and the word that is then the last one: letters may stay as they were typed. */
  const TABS: readonly (readonly [typed: string, last: RegExp])[] = [
    ["oslm show mine:sm", /^mine:small$/],
    ["oslm show MINE:sm", /^(mine|MINE):small$/],
    ['oslm show "mine:sm', /^mine:small$/],
    ["oslm show 'Mine:s", /^mine:small$/i],
    ['oslm quantize "my model.gguf" q4_k_m', /^Q4_K_M$/],
    ["oslm quantize my\\ model.gguf q4_k_m", /^Q4_K_M$/],
    ["oslm pull demo --quant=q4_k_m", /^--quant=Q4_K_M$/],
    ["oslm run demo --image=ca", /^--image=cat\.png$/],
    ["oslm run demo --image=./ca", /^--image=\.\/cat\.png$/],
    ["oslm run demo --image ca", /^cat\.png$/],
    ['oslm run demo --image "my mo', /^my model\.gguf$/],
  ];

  it.for([
    ["bash", true, ["--norc", "--noprofile", "-i"], `source "${join(SCRIPTS, "oslm.bash")}"`],
    ["zsh", zsh, ["-f", "-i"], `fpath=("${SCRIPTS}" $fpath); autoload -Uz compinit; compinit -u -d "$HOME/.zcompdump"`],
    ["fish", fish, ["--no-config", "-i"], `source "${join(SCRIPTS, "oslm.fish")}"`],
  ] as const)("%s: Tab puts the rest behind colons, capitals, quotes and equals signs", async (one, { skip }) => {
    const [shell, here, flags, setup] = one;
    skip(!here, `${shell} is not on this machine`);
    // Ctrl-A goes to where the line begins: what the shell makes of it is given to a program that writes it down.
    const steps = TABS.map(([typed], index): Step => [`did-${index}.`, `${typed}\t\u0001words ${index + 1} \r`]);
    const { code } = await inTerminal(
      home,
      [],
      [[/[$%>#] /, `${setup}; echo did-'0.'\r`], ...steps, [`did-${TABS.length}.`, "exit\r"]],
      { shell: [shell, ...flags], columns: 120, cwd: home.path, env: { ...env, PS1: "$ ", TERM: "xterm" } },
    );
    expect(code).toBe(0);
    const last = TABS.map((_, index) => readFileSync(join(home.path, `words-${index + 1}`), "utf8"));
    expect(last).toEqual(TABS.map(([, expected]) => expect.stringMatching(expected)));
  });

  it.skipIf(!pwsh)("PowerShell: loads and offers", async () => {
    const script = `. "${join(SCRIPTS, "oslm.ps1")}"; (TabExpansion2 "oslm run mine" 14).CompletionMatches.CompletionText`;
    const { stdout } = await exec("pwsh", ["-NoProfile", "-Command", script], { env });
    expect(stdout.trim()).toBe("mine:small");
  });
});
