// The person's own editor, for a text that is longer than a line.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Edited {
  /** As it was where the editor failed. */
  readonly text: string;
  /** What to say where it did not even start. */
  readonly problem?: string;
}

/** As git looks for it; undefined where no editor is named. */
export function editText(env: NodeJS.ProcessEnv): ((text: string) => Promise<Edited>) | undefined {
  const editor = env.VISUAL || env.EDITOR;
  if (!editor) return undefined;
  return async (text) => {
    const { execa, parseCommandString } = await import("execa");
    const folder = mkdtempSync(join(tmpdir(), "oslm-edit-"));
    const path = join(folder, "message.md");
    try {
      writeFileSync(path, text, { mode: 0o600, flag: "wx" });
      const [program = "", ...words] = parseCommandString(editor);
      const ended = await execa(program, [...words, path], { stdio: "inherit", reject: false });
      if (!ended.failed) return { text: readFileSync(path, "utf8").replace(/\r?\n$/, "") };
      const started = ended.exitCode !== undefined || ended.signal !== undefined;
      return started ? { text } : { text, problem: `${program} cannot be started; set $VISUAL or $EDITOR.` };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
