// oslm help exit-codes
import { EXIT_CODES } from "../exit-codes.js";

export function exitCodes(): string {
  const lines = Object.entries(EXIT_CODES).map(([code, meaning]) => `${code.padStart(5)}  ${meaning}`);
  return `Exit codes of every command\n\n${lines.join("\n")}\n`;
}
