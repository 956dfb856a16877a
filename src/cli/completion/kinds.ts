// What kind of value each flag and each argument takes, where its declared choices do not say it.
import type { Argument, Command, Option } from "commander";
import { EQUALS } from "../flags.js";

export type Kind =
  | "anyModel"
  | "storedModel"
  | "storedOrFile"
  | "catalogName"
  | "quant"
  | "fileType"
  | "license"
  | "licenseClass"
  | "checkFormat"
  | "reportFormat"
  | "topic"
  | "file"
  | "none";

/** By the flag, with its command where two differ. What is not here is a number or a word of one's own. */
const OF_FLAGS: Readonly<Record<string, Kind>> = {
  "--quant": "quant",
  "--license": "license",
  "--accept-license": "license",
  "--license-class": "licenseClass",
  "license --format": "checkFormat",
  "report --format": "reportFormat",
  "convert --type": "fileType",
  "merge --type": "fileType",
  "--output-type": "quant",
  "--embedding-type": "quant",
  "--model": "storedModel",
  "--draft": "anyModel",
  "--base": "storedOrFile",
  "--file": "file",
  "--image": "file",
  "--output": "file",
  "--policy": "file",
  "--schema": "file",
  "--grammar": "file",
  "--lora": "file",
  "--mmproj": "file",
  "--receipt": "file",
  "--imatrix": "file",
  "--text": "file",
};

/** By the argument, with its command where two differ. */
const OF_ARGUMENTS: Readonly<Record<string, Kind>> = {
  model: "anyModel",
  models: "anyModel",
  "rm models": "storedModel",
  "cp model": "storedModel",
  "verify models": "storedModel",
  "outdated models": "storedModel",
  "import model": "file",
  "catalog name": "catalogName",
  "help name": "topic",
  id: "license",
  type: "fileType",
  dir: "file",
  file: "file",
  checkpoint: "file",
  adapter: "file",
  receipt: "file",
};

export function kindOfFlag(command: Command, option: Option): Kind {
  const flag = option.long ?? "";
  return OF_FLAGS[`${command.name()} ${flag}`] ?? OF_FLAGS[flag] ?? "none";
}

export function kindOfArgument(command: Command, argument: Argument): Kind {
  const name = argument.name();
  return OF_ARGUMENTS[`${command.name()} ${name}`] ?? OF_ARGUMENTS[name] ?? "none";
}

/** Those of `--think=`, too, whose value a hidden flag takes. */
export function choicesOf(command: Command, option: Option): readonly string[] | undefined {
  const hidden = EQUALS[option.long ?? ""];
  return option.argChoices ?? command.options.find(({ long }) => long === hidden)?.argChoices;
}
