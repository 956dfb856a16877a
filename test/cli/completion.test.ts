// What completion offers for each argument and flag, over the real command tree.
import { expect, it } from "vitest";
import { commandTree, eachCommand } from "../../src/cli/command-tree.js";
import { complete } from "../../src/cli/completion/complete.js";
import { choicesOf, kindOfFlag } from "../../src/cli/completion/kinds.js";
import { valueSources } from "../../src/cli/completion/sources.js";
import type { Context } from "../../src/cli/context.js";

const world = { store: async () => ({ glance: async () => [] }) } as unknown as Context["world"];
const program = await commandTree([], () => {
  throw new Error("no command runs here");
});

/** The values offered, and whether files are welcome. */
async function offers(...words: string[]): Promise<{ values: readonly string[]; files: boolean }> {
  const { candidates, files } = await complete(program, words, valueSources({ world }));
  return { values: candidates.map(({ value }) => value), files };
}

it("offers the parts of a command to explain", async () => {
  expect((await offers("help", "license", "rep")).values).toEqual(["report"]);
  expect((await offers("help", "pull", "")).values).toEqual([]);
  expect((await offers("help", "")).values).toEqual(expect.arrayContaining(["license", "licenses"]));
});

it("continues a name with a quantization, where the grammar has one", async () => {
  expect((await offers("run", "org/repo:q5")).values).toContain("org/repo:Q5_K_M");
  expect((await offers("run", "hf.co/org/repo@main:q8")).values).toEqual([
    "hf.co/org/repo@main:Q8_K_XL",
    "hf.co/org/repo@main:Q8_0",
  ]);
  expect((await offers("pull", "qwen2:0.5b-q5_k_m")).values).toEqual(["qwen2:0.5b-q5_k_m"]);
  expect((await offers("pull", "phi-2:q5_k_m")).values).toEqual(["phi-2:q5_k_m"]);
  expect((await offers("fit", "qwen2:")).values[0]).toBe("qwen2:0.5b");
  expect((await offers("rm", "org/repo:")).values).toEqual([]);
  expect((await offers("run", "https://example.org/model:")).values).toEqual([]);
});

it("knows what each argument and flag wants", async () => {
  expect((await offers("run", "x", "--think=")).values).toEqual(["--think=off", "--think=hide"]);
  expect((await offers("run", "x", "--stream=")).values).toEqual(["--stream=text", "--stream=jsonl"]);
  expect((await offers("search", "--license-class", "perm")).values).toEqual(["permissive"]);
  expect((await offers("search", "--license", "apache")).values).toContain("apache-2.0");
  expect((await offers("license", "x", "--format", "")).values).toEqual(["text", "sarif", "junit"]);
  expect((await offers("license", "report", "--format", "")).values).toContain("cyclonedx");
  expect((await offers("license", "revoke", "gemm")).values).toContain("gemma");
  expect((await offers("help", "ex")).values).toEqual(["exit-codes"]);
  expect((await offers("help", "pu")).values).toEqual(["pull"]);
  expect((await offers("catalog", "mixt")).values).toContain("mixtral");
  expect((await offers("quantize", "x", "q4_k")).values).toEqual(["Q4_K_M", "Q4_K_S"]);
  for (const words of [
    ["replay", ""],
    ["import", ""],
    ["run", "x", "--schema", ""],
    ["license", "pack", "demo", ""],
  ]) {
    expect(await offers(...words), words.join(" ")).toEqual({ values: [], files: true });
  }
});

it("offers the fields of a result, after a comma those that are not given yet", async () => {
  expect((await offers("list", "--json=")).values).toContain("--json=name");
  expect((await offers("list", "--json=na")).values).toEqual(["--json=name"]);
  const { values } = await offers("list", "--json=name,size,");
  expect(values).toContain("--json=name,size,path");
  expect(values.filter((value) => /,(?:name|size)$/.test(value))).toEqual([]);
  expect((await offers("fit", "--list", "--json=mo")).values).toEqual(["--json=models"]);
  expect((await offers("fit", "qwen2", "--json=mo")).values).toEqual([]);
  expect((await offers("license", "list", "--json=te")).values).toEqual(["--json=textSha256"]);
  expect((await offers("auth", "login", "--json=")).values).toEqual([]);
});

/** Flags whose value is a number or a word of one's own. */
const FREE =
  "--author --bandwidth --ctx --frequency-penalty --gpu --json-fields --limit --margin --max-size --max-tokens --min-context --min-p --n-probs --name " +
  "--parallel --presence-penalty --ram --repeat-last-n --repeat-penalty --seed --session --sha256 --stop --suffix --system " +
  "--temp --tensor-type --threads --tokens --top-k --top-p --vram";

it("leaves no flag out: each has choices, a kind, or a value that nobody can foresee", async () => {
  const tree = eachCommand(program);
  const unknown = tree.flatMap(({ command }) =>
    command.options
      .filter((option) => option.required && !choicesOf(command, option) && kindOfFlag(command, option) === "none")
      .map(({ long }) => long ?? ""),
  );
  expect([...new Set(unknown)].filter((flag) => !FREE.split(" ").includes(flag))).toEqual([]);
  const given = tree.map(({ path }) => path);
  expect(given).toEqual(expect.arrayContaining(["oslm", "oslm run", "oslm license pack", "oslm help"]));
});
