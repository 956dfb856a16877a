// Into the clipboard: by the system's own tool, else by the terminal.
import type { Terminal } from "../terminal.js";

/** Longer ones are refused by most terminals. */
const MAX_BASE64 = 100_000;

/** Gives what to say of it. */
export async function copyText(text: string, env: NodeJS.ProcessEnv, terminal: Terminal): Promise<string> {
  const copied = `Copied ${text.length} characters.`;
  const tool = toolFor(env, process.platform);
  if (tool) {
    const { execa } = await import("execa");
    const [program = "", ...words] = tool;
    const options = { input: text, stdout: "ignore", stderr: "ignore", reject: false, timeout: 2000 } as const;
    if (!(await execa(program, words, options)).failed) return copied;
  }
  const encoded = Buffer.from(text).toString("base64");
  if (!terminal.stdoutTty || !terminal.redraws || encoded.length > MAX_BASE64)
    return "There is no clipboard to copy to.";
  // OSC 52: the terminal does it, also at the other end of ssh.
  terminal.stdout.write(`\u001b]52;c;${encoded}\u0007`);
  return `${copied} (by the terminal, if it allows that)`;
}

function toolFor(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] | undefined {
  if (platform === "darwin") return ["pbcopy"];
  if (platform === "win32") return ["clip"];
  if (env.WAYLAND_DISPLAY) return ["wl-copy"];
  return env.DISPLAY ? ["xclip", "-selection", "clipboard"] : undefined;
}
