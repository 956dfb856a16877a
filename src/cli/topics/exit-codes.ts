// oslm help exit-codes
import { EXIT_CODES } from "../exit-codes.js";

const WHICH = `Which of 2, 3 and 8

  3  What a command reads is not there, or is a folder where a file is wanted, or the other way round: the model as well as
     an adapter, an image, a prompt, a schema, a receipt or a file of prompts, by argument or by flag.
  2  It is there, and is not what the command takes; a value of a flag is wrong; a place cannot be written to; something is
     wrong with the configuration (oslm.yaml, a policy, a catalog, a variable), also a file of it that is missing.
  8  A model, an image or a record of oslm's own is damaged.
`;

export function exitCodes(): string {
  const lines = Object.entries(EXIT_CODES).map(([code, meaning]) => `${code.padStart(5)}  ${meaning}`);
  return `Exit codes of every command\n\n${lines.join("\n")}\n\n${WHICH}`;
}
