// The chat on the screen as a person uses it, and what it has saved.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Home } from "./oslm.js";
import { inTerminal, type Step, type TerminalResult } from "./pty.js";

/** The status line once the demo model is loaded. */
export const READY = /demo · context 2,048/;
/** After an answer the status line tells its speed. */
export const ANSWERED = /tokens · \d+(\.\d)? tokens\/s/;

export class ChatRoom {
  readonly home = new Home();

  run(
    steps: readonly Step[],
    {
      args = [],
      ...options
    }: { args?: readonly string[]; env?: Readonly<Record<string, string>>; columns?: number; rows?: number } = {},
  ): Promise<TerminalResult> {
    return inTerminal(this.home, ["run", "demo", ...args], steps, options);
  }

  /** A path in the state folder. */
  state(...names: string[]): string {
    return join(this.home.path, ".local/state/oslm", ...names);
  }

  /** The names of the saved conversations. */
  chats(): string[] {
    return readdirSync(this.state("chats"));
  }

  /** The text of the first saved conversation. */
  saved(): string {
    return readFileSync(this.state("chats", this.chats()[0] ?? ""), "utf8");
  }

  questions(): string[] {
    const { turns } = JSON.parse(this.saved()) as { turns: { question: string }[] };
    return turns.map(({ question }) => question);
  }
}
