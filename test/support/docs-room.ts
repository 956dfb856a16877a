// A home and a Hub in which the command lines of the documents work: the files, models and programs that they name.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wideFiles } from "./checkpoint-repo.js";
import { makeModel } from "./checkpoints/family.js";
import { writeFolder } from "./checkpoints/folder.js";
import { LLAMAS } from "./checkpoints/llama.js";
import { makePeft, writePeft } from "./checkpoints/peft.js";
import { type FakeRepo, startFakeHub } from "./fake-hub.js";
import { writeGguf } from "./gguf-writer.js";
import { BIN, DEMO, Home, type Result } from "./oslm.js";
import { wideModel } from "./wide-model.js";

export interface DocsRoom {
  /** Runs a line as sh does, with nothing on stdin, in a folder of this name that holds the files which documents name. */
  sh(line: string, folder: string): Promise<Result>;
  close(): Promise<void>;
}

/** Names of the catalog lead to these; of each model there is the demo model under its license. */
const MODELS: readonly (readonly [repo: string, license: string])[] = [
  ["org/model-GGUF", "apache-2.0"],
  ["Qwen/Qwen2-0.5B-Instruct-GGUF", "apache-2.0"],
  ["Qwen/Qwen2-7B-Instruct-GGUF", "apache-2.0"],
  ["Qwen/Qwen2.5-0.5B-Instruct-GGUF", "apache-2.0"],
  ["Qwen/Qwen2.5-Coder-7B-Instruct-GGUF", "apache-2.0"],
  ["bartowski/Llama-3.2-3B-Instruct-GGUF", "llama3.2"],
  ["Qwen/Qwen3-8B-GGUF", "apache-2.0"],
];

/** Without GGUF files. */
const CHECKPOINT: FakeRepo = { id: "org/model", files: wideFiles(), card: { license: "apache-2.0" } };

export async function openDocsRoom(): Promise<DocsRoom> {
  const demo = readFileSync(DEMO);
  const repos = MODELS.map(([id, license]): FakeRepo => {
    const stem = id.replace(/^.*\/(.*)-GGUF$/i, "$1");
    const readme = Buffer.from("# A model\n\nIt answers.\n");
    return {
      id,
      files: { "README.md": readme, [`${stem}-Q4_K_M.gguf`]: demo, [`${stem}-Q8_0.gguf`]: demo },
      card: { license },
    };
  });
  const hub = await startFakeHub({ repos: [...repos, CHECKPOINT], token: "hf_docs" });
  const home = new Home({ HF_ENDPOINT: hub.endpoint, HF_TOKEN: "hf_docs", OSLM_ACCEPT_LICENSE: "llama3.2" });
  const at = (name: string): string => join(home.path, name);
  for (const folder of ["bin", ".local/share/bash-completion/completions", ".config/fish/completions"]) {
    mkdirSync(at(folder), { recursive: true });
  }
  program("oslm", `exec "${process.execPath}" "${BIN}" "$@"`);
  program("git", "echo '- one line'; echo '+ another line'");
  program("jq", "exec cat");

  function program(name: string, script: string): void {
    writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(at(`bin/${name}`), 0o755);
  }
  function folderOf(name: string): string {
    const path = at(name);
    if (existsSync(path)) return path;
    mkdirSync(join(path, "models"), { recursive: true });
    putTexts(path);
    putModels(path);
    return path;
  }
  return {
    sh: (line, folder) =>
      new Promise((resolve, reject) => {
        const env = { ...home.env, PATH: `${at("bin")}:${process.env.PATH}` };
        const child = spawn("sh", ["-c", line], { cwd: folderOf(folder), env, stdio: ["ignore", "pipe", "pipe"] });
        const said = { stdout: "", stderr: "" };
        for (const stream of ["stdout", "stderr"] as const) {
          child[stream].setEncoding("utf8").on("data", (text: string) => {
            said[stream] += text;
          });
        }
        child.on("error", reject).on("close", (code) => resolve({ code, ...said }));
      }),
    close: async () => {
      await hub.close();
      home.remove();
    },
  };
}

function putTexts(folder: string): void {
  const number = { type: "object", properties: { total: { enum: [7, 12] } }, required: ["total"] };
  const texts = {
    "notes.txt": "Pull the model first.\n",
    "questions.txt": "How do I pull a model?\n",
    "prompts.jsonl": `${JSON.stringify({ prompt: "What is this?" })}\n${JSON.stringify({ prompt: "Why?" })}\n`,
    "scan.txt": "Total 12\n",
    "report.txt": "All is well.\n",
    "text.txt": "Many words without end. ".repeat(100),
    "invoice.schema.json": JSON.stringify(number),
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
}

function putModels(folder: string): void {
  const [family] = LLAMAS;
  if (family === undefined) throw new Error("no family");
  writeFileSync(join(folder, "model-f16.gguf"), writeGguf(wideModel("F16", 1)));
  for (const name of ["Qwen2-0.5B-Instruct", "Llama-3.2-1B"]) writeFolder(join(folder, name));
  const modules = [0, 1].flatMap((layer) => ["q", "v"].map((name) => `model.layers.${layer}.self_attn.${name}_proj`));
  writePeft(join(folder, "my-adapter"), makePeft(makeModel(family), { modules }));
}
