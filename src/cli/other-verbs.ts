// Verbs that people bring along from Ollama, llama.cpp and package managers.

/** The verb of oslm that does the same. */
export const SAME_VERB: Readonly<Record<string, string>> = {
  download: "pull",
  get: "pull",
  install: "pull",
  generate: "run",
  info: "show",
  inspect: "show",
  models: "list",
  delete: "rm",
  remove: "rm",
  uninstall: "rm",
};

interface Answer {
  readonly detail: string;
  readonly help: string;
}

const NO_SERVER = "oslm has no server: every command loads the model itself, and ends with it.";

/** What is to be said of the others. */
export const OTHER_VERBS: Readonly<Record<string, Answer>> = {
  version: { detail: "It is a flag.", help: "oslm --version" },
  serve: { detail: NO_SERVER, help: "oslm run MODEL PROMPT" },
  start: { detail: NO_SERVER, help: "oslm run MODEL PROMPT" },
  ps: { detail: NO_SERVER, help: "oslm list   (what is on this disk)" },
  stop: { detail: NO_SERVER, help: "oslm list   (what is on this disk)" },
  push: { detail: "oslm uploads nothing.", help: "oslm show MODEL --quiet   (where its file is)" },
  create: {
    detail:
      "oslm has no Modelfiles: a system prompt and sampling are flags, and a file gets its name from oslm import.",
    help: 'oslm chat MODEL --system "Answer briefly."   (or oslm cp MODEL NAME, oslm import FILE, oslm quantize)',
  },
  login: { detail: "It belongs to oslm auth.", help: "oslm auth login" },
  signin: { detail: "It belongs to oslm auth.", help: "oslm auth login" },
  logout: { detail: "It belongs to oslm auth.", help: "oslm auth logout" },
  signout: { detail: "It belongs to oslm auth.", help: "oslm auth logout" },
  whoami: { detail: "It belongs to oslm auth.", help: "oslm auth status" },
};
