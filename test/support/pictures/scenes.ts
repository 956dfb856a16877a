// What the pictures of README.md show: commands that are typed into a shell, up to the moment that is drawn.
import { standardText } from "../../../src/license/standard-text.js";
import { ENGINE_FIGURES } from "../../fit/engine-figures.js";
import type { FakeContent, FakeRepo } from "../fake-hub.js";
import { writeGguf } from "../gguf-writer.js";
import type { Step } from "../pty.js";
import { SIZES_8B } from "../sized-hub.js";

export interface Scene {
  /** Of the file in docs/pictures. */
  readonly name: string;
  /** What it shows, for those who do not see it. */
  readonly title: string;
  /** What is waited for and typed; the first prompt is waited for. */
  readonly steps: readonly Step[];
  /** On the screen when the picture is taken. */
  readonly until: RegExp;
  /** Typed then, to come back to the prompt. */
  readonly leave: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files in the folder where the shell begins. */
  readonly files?: Readonly<Record<string, string>>;
  /** Lines whose figures and bars are different each time. */
  readonly varies?: RegExp;
}

const PROMPT = "$ ";
/** The prompt after all that was asked. */
const DONE = /\n\$ $/;

export const SCENES: readonly Scene[] = [
  {
    name: "pull",
    title:
      "A download in a terminal: the license and where it was seen, which quantization is taken and why, a progress bar",
    steps: [[PROMPT, "oslm pull qwen2.5:0.5b\r"]],
    until: /[5-8]\d% .*left/,
    leave: "\u0003",
    varies: /%/,
  },
  {
    name: "fit",
    title:
      "A table in a terminal: what each quantization of a model needs on a machine, where it fits and how fast it will be",
    steps: [[PROMPT, "oslm fit llama3.1:8b --ram 16GB --vram 8GB --bandwidth 60\r"]],
    until: DONE,
    leave: "\r",
  },
  {
    name: "chat",
    title: "A chat in a terminal: a question, its answer, how much of the context is used and how fast the answer came",
    steps: [
      [PROMPT, "oslm chat demo --temp 0\r"],
      [/demo · context 2,048/, "How do I pull a model?\r"],
    ],
    until: /tokens · [\d.]+ tokens\/s/,
    leave: "\u0004",
    varies: /tokens\/s/,
  },
  {
    name: "license",
    title: "In CI, a policy of two lines makes oslm refuse a model for its license, with exit code 5 and the reason",
    steps: [
      [PROMPT, "cat oslm.yaml\r"],
      [DONE, "oslm pull command-r7b\r"],
      [DONE, 'echo "exit code $?"\r'],
    ],
    until: DONE,
    leave: "\r",
    env: { CI: "true" },
    files: { "oslm.yaml": "license:\n  deny: [non-commercial]\n" },
  },
];

/** The Hub of the scenes: real names, sizes and headers, and zeros for weights. */
export const REPOS: readonly FakeRepo[] = [
  {
    id: "Qwen/Qwen2.5-0.5B-Instruct-GGUF",
    files: {
      ...files("qwen2.5-0.5b-instruct", "qwen2.5-0.5b", { q4_k_m: 491e6, q8_0: 676e6 }),
      LICENSE: Buffer.from(standardText({ spdx: "Apache-2.0" })?.text ?? ""),
    },
    card: { license: "apache-2.0" },
  },
  {
    id: "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF",
    files: files("Meta-Llama-3.1-8B-Instruct", "llama3.1-8b", SIZES_8B),
    card: { license: "llama3.1" },
  },
  {
    id: "bartowski/c4ai-command-r7b-12-2024-GGUF",
    files: files("c4ai-command-r7b-12-2024", "llama3.1-8b", { Q4_K_M: 5.06e9, Q8_0: 8.54e9 }),
    card: { license: "cc-by-nc-4.0", base_model: "CohereLabs/c4ai-command-r7b-12-2024" },
  },
  { id: "CohereLabs/c4ai-command-r7b-12-2024", files: {}, card: { license: "cc-by-nc-4.0" } },
];

/** @param sizes in bytes, by quantization */
function files(name: string, figures: string, sizes: Readonly<Record<string, number>>): Record<string, FakeContent> {
  const metadata = ENGINE_FIGURES.find(({ id }) => id === figures)?.metadata ?? {};
  const head = writeGguf({ metadata });
  return Object.fromEntries(Object.entries(sizes).map(([quant, size]) => [`${name}-${quant}.gguf`, { head, size }]));
}
