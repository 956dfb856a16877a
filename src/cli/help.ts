// What `oslm --help` says beyond the list of commands, and the help topics.
import { Command } from "commander";
import { EXIT_CODES } from "./exit-codes.js";

const EXAMPLES = `Examples:
  oslm run demo "How do I pull a model?"      the embedded demo model, offline
  oslm pull qwen2:0.5b                        check the license, pick what fits, download, verify
  oslm run qwen2:0.5b "Summarise this" < notes.txt
  oslm list --json | jq '.[].name'
`;

const TOPICS: Readonly<Record<string, () => string>> = {
  "exit-codes": exitCodes,
  references,
  environment,
};

/** Adds examples, the list of topics, and `oslm help TOPIC`. */
export function addHelp(program: Command): Command {
  program.addHelpText("beforeAll", "");
  program.addHelpText(
    "after",
    `\n${EXAMPLES}\nTopics: ${Object.keys(TOPICS)
      .map((topic) => `oslm help ${topic}`)
      .join(", ")}\n`,
  );
  const help = new Command("help")
    .description("explain a command or a topic")
    .argument("[name]", "a command, or one of: ".concat(Object.keys(TOPICS).join(", ")))
    .copyInheritedSettings(program)
    .action((name: string | undefined) => {
      const topic = name === undefined ? undefined : TOPICS[name];
      const command = program.commands.find(
        (candidate) => candidate.name() === name || candidate.aliases().includes(name ?? ""),
      );
      if (topic) program.configureOutput().writeOut?.(topic());
      else if (name === undefined) program.outputHelp();
      else if (command) command.outputHelp();
      else program.error(`error: unknown command '${name}'`, { code: "commander.unknownCommand" });
    });
  return program.helpCommand(false).addCommand(help);
}

function exitCodes(): string {
  const lines = Object.entries(EXIT_CODES).map(([code, meaning]) => `${code.padStart(5)}  ${meaning}`);
  return `Exit codes of every command\n\n${lines.join("\n")}\n`;
}

function references(): string {
  return `How to name a model

  qwen2   qwen2:0.5b   mistral-7b   llama3.2:3b-q5_k_m     a name of the catalog [:size][-quantization]
  org/repo   org/repo:Q4_K_M   org/repo@revision:Q8_0      a repository on the Hub, quantization, revision
  org/repo/path/file.gguf                                  one file of it
  hf:...   hf.co/...   https://huggingface.co/...          the same, as other tools spell it
  ./model.gguf                                             a file on this disk
  demo                                                     the embedded demo model
`;
}

function environment(): string {
  return `Environment

  HF_ENDPOINT        the Hub to use; default https://huggingface.co
  HF_TOKEN           token for gated and private models; else the file HF_TOKEN_PATH, else $HF_HOME/token
  HF_HUB_CACHE       where model files are stored; default $HF_HOME/hub
  HF_HOME            default $XDG_CACHE_HOME/huggingface or ~/.cache/huggingface
  HF_HUB_OFFLINE     1 makes no network request, like --offline
  OSLM_HOME          oslm's own state; default the XDG folders
  NO_COLOR           not empty: no colors
  NO_PROGRESS, CI    not empty: no progress bars; CI also means that nobody can be asked
`;
}
