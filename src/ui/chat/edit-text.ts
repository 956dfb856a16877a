// The person's own editor, for a text that is longer than a line.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** As git looks for it; undefined where no editor is named. The returned function gives the text as it was when it failed. */
export function editText(env: NodeJS.ProcessEnv): ((text: string) => Promise<string>) | undefined {
  const editor = env.VISUAL || env.EDITOR;
  if (!editor) return undefined;
  return async (text) => {
    const { execa, parseCommandString } = await import("execa");
    const folder = mkdtempSync(join(tmpdir(), "oslm-edit-"));
    const path = join(folder, "message.md");
    try {
      writeFileSync(path, text, { mode: 0o600, flag: "wx" });
      const [program = "", ...words] = parseCommandString(editor);
      const { failed } = await execa(program, [...words, path], { stdio: "inherit", reject: false });
      return failed ? text : readFileSync(path, "utf8").replace(/\r?\n$/, "");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
