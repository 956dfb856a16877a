// The scripts in completions/, one for each shell.
import { readFileSync } from "node:fs";

export const SCRIPTS = { bash: "oslm.bash", zsh: "_oslm", fish: "oslm.fish", powershell: "oslm.ps1" } as const;

export function completionScript(shell: keyof typeof SCRIPTS): string {
  return readFileSync(new URL(`../../completions/${SCRIPTS[shell]}`, import.meta.url), "utf8");
}
