// What `oslm --help` says beyond the list of commands, and the help topics.
import { Command, Option } from "commander";
import { EXIT_CODES } from "./exit-codes.js";

const EXAMPLES = `Examples:
  oslm run demo "How do I pull a model?"      the embedded demo model, offline
  oslm pull qwen2:0.5b                        check, choose, download, verify
  oslm run qwen2:0.5b "Summarise this" < notes.txt
  oslm list --json | jq '.[].name'
`;

const TOPICS: Readonly<Record<string, () => string>> = {
  "exit-codes": exitCodes,
  references,
  environment,
};

/** Arranges `oslm --help`: commands, flags, examples, topics; and adds `oslm help NAME`. */
export function addHelp(program: Command): Command {
  // commander would put the flags, which few look for, before the commands, which everybody does.
  // And with the arguments of each, that `oslm help NAME` shows, most of the lines would take two.
  const subcommandTerm = (one: Command): string => [one.name(), ...one.aliases()].join("|");
  program.configureHelp({ visibleOptions: () => [], subcommandTerm });
  program.addHelpText("after", () => `\n${flags(program)}\n${EXAMPLES}\n${TOPIC_LINE}\n`);
  for (const command of program.commands) command.addHelpText("after", "\nFlags of every command: oslm --help");
  const help = new Command("help")
    .description("explain a command or a topic")
    .argument("[name]", `a command, or one of: ${Object.keys(TOPICS).join(", ")}`)
    .copyInheritedSettings(program)
    .helpGroup("More:")
    .action((name?: string) => explain(program, name));
  return program.helpCommand(false).addCommand(help);
}

const TOPIC_LINE = `More: oslm help ${Object.keys(TOPICS).join(", oslm help ")}`;

function explain(program: Command, name: string | undefined): void {
  const topic = name === undefined ? undefined : TOPICS[name];
  const command = program.commands.find((one) => one.name() === name || one.aliases().includes(name ?? ""));
  if (topic) program.configureOutput().writeOut?.(topic());
  else if (name === undefined) program.outputHelp();
  else if (command) command.outputHelp();
  else program.error(`error: unknown command '${name}'`, { code: "commander.unknownCommand" });
}

function flags(program: Command): string {
  const helper = program.createHelp();
  const items = [...program.options.filter((option) => !option.hidden), new Option("-h, --help", "explain a command")];
  const width = Math.max(...items.map((option) => helper.optionTerm(option).length));
  const lines = items.map((option) => `  ${helper.optionTerm(option).padEnd(width)}  ${option.description}`);
  return `Flags of every command:\n${lines.join("\n")}\n`;
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
  https://host/model.gguf                                  a file of any web server, pulled with --sha256
  ./model.gguf                                             a file on this disk; oslm import gives it a name
  demo                                                     the embedded demo model
`;
}

function environment(): string {
  return `Environment

  HF_ENDPOINT        the Hub to use; default https://huggingface.co
  HF_TOKEN           token for gated and private models; else the file HF_TOKEN_PATH, else $HF_HOME/token,
                     which oslm auth login writes
  HF_HUB_CACHE       where model files are stored; default $HF_HOME/hub
  HF_HOME            default $XDG_CACHE_HOME/huggingface or ~/.cache/huggingface
  HF_HUB_DOWNLOAD_TIMEOUT
                     seconds of silence after which a connection is given up and tried again; default 30
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                     proxies, as curl reads them; http:// and https:// ones
  NODE_EXTRA_CA_CERTS
                     a file of further root certificates, for networks that have their own
  HF_HUB_OFFLINE     1 makes no network request, like --offline
  OLLAMA_MODELS      where Ollama keeps its models, which import and pull find; default ~/.ollama/models
  LLAMA_CACHE        the same of llama.cpp; LM Studio's folder is read from its settings
  OSLM_POLICY        an organization's license policy; counts besides /etc/oslm/policy.yaml and oslm.yaml
  OSLM_HOME          oslm's own state; default the XDG folders
  OSLM_ACCEPT_LICENSE
                     license ids that are accepted, as by --accept-license; separated by commas
  OSLM_PROMPT_CACHE  how much of the disk evaluated prompts may take; default 4GB, 0 keeps none
  NO_COLOR           not empty: no colors
  NO_PROGRESS, CI    not empty: no progress; CI also means that nobody can be asked
  OSLM_SCREEN_READER
                     not empty: plain lines, nothing redrawn; chats as with --plain
  VISUAL, EDITOR     the editor of a chat
`;
}
