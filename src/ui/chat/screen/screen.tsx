// The chat on the screen. Loaded only for a chat on a terminal: Ink and React take longer to load than all else.
import type { ReadStream, WriteStream } from "node:tty";
import { render } from "ink";
import type { Output } from "../../output.js";
import { screenSize } from "../../screen-size.js";
import { Chat } from "../chat.js";
import type { FaceParts } from "../chat-parts.js";
import { HOW_TO_LEAVE, Interrupts } from "../interrupts.js";
import { EMPTY, textOf } from "./draft.js";
import { FrameEraser } from "./frame-eraser.js";
import { HistoryWalk } from "./history-walk.js";
import type { Key } from "./keys.js";
import { RawTerminal } from "./raw-terminal.js";
import { ScreenFace } from "./screen-face.js";
import { ViewApp } from "./view-app.js";
import { messageOf, type Wish, write } from "./writing.js";

/** Runs until Ctrl-D, /bye, or Ctrl-C twice. `ended` leaves from outside (SIGTERM, a lost terminal, a model that cannot be loaded). */
export async function screenChat({ terminal }: Output, parts: FaceParts, ended: AbortSignal): Promise<void> {
  await new ChatScreen(terminal.stdin as ReadStream, terminal.stdout as WriteStream, terminal.stdoutColor, parts).run(
    ended,
  );
}

class ChatScreen {
  readonly #face: ScreenFace;
  readonly #chat: Chat;
  readonly #terminal: RawTerminal;
  readonly #interrupts: Interrupts;
  readonly #history: HistoryWalk;
  #leave: () => void = () => {};
  #fail: (error: unknown) => void = () => {};
  readonly #left = new Promise<void>((resolve, reject) => {
    this.#leave = resolve;
    this.#fail = reject;
  });
  #began = 0;
  /** Until what was sent last is answered. */
  #busy: Promise<void> = Promise.resolve();

  constructor(
    stdin: ReadStream,
    private readonly stdout: WriteStream,
    color: boolean,
    private readonly parts: FaceParts,
  ) {
    const { title, system, settings } = parts;
    const chat = { system, settings, turns: [], attached: [], forgotten: 0, used: 0, total: 0, tokensPerSecond: 0 };
    const { columns, rows } = screenSize(stdout);
    this.#face = new ScreenFace(
      { title, color, chat, columns, rows },
      () => this.#leave(),
      () => this.#chat.now,
      () => this.#chat.doing !== undefined,
    );
    this.#chat = new Chat(parts, this.#face);
    this.#terminal = new RawTerminal(
      stdin,
      stdout,
      (key) => this.#press(key),
      () => this.#leave(),
    );
    this.#interrupts = new Interrupts(parts.now);
    this.#history = new HistoryWalk(parts.history.read());
  }

  async run(ended: AbortSignal): Promise<void> {
    const resize = (): void => this.#face.show(screenSize(this.stdout));
    const end = (): void => this.#leave();
    const keep = (): void => void this.#chat.keep();
    const giveBack = this.parts.takeInterrupts(() => this.#wish("interrupt"));
    // Before Ink hears of it, so that it never lays an old frame out on a new screen.
    this.stdout.on("resize", resize);
    process.on("exit", keep);
    ended.addEventListener("abort", end);
    this.#terminal.take();
    const ink = render(<ViewApp store={this.#face} />, {
      stdout: forInk(this.stdout),
      exitOnCtrlC: false,
      patchConsole: false,
    });
    // After Ink, which draws nothing where its frame is the same; but the terminal may have dropped the lines below the cursor.
    const repaint = (): void => this.#face.repaint();
    this.stdout.on("resize", repaint);
    const ticker = setInterval(() => this.#tick(), 1000);
    try {
      this.parts.begun(this.#chat);
      if (!ended.aborted) await this.#left;
    } finally {
      clearInterval(ticker);
      this.#chat.stop();
      await this.#busy;
      this.#face.bye(this.#chat.end());
      await drawn();
      ink.unmount();
      this.#terminal.give();
      giveBack();
      this.stdout.off("resize", resize);
      this.stdout.off("resize", repaint);
      ended.removeEventListener("abort", end);
      process.off("exit", keep);
    }
  }

  #tick(): void {
    if (this.#chat.doing) this.#face.show({ ms: this.parts.now() - this.#began });
  }

  #press(key: Key): void {
    const view = this.#face.view();
    const { draft, wish, hint = "" } = write(view.draft, key, this.#chat, this.#history);
    if (wish !== "interrupt") this.#interrupts.forget();
    this.#face.show({ draft, hint });
    if (wish !== undefined) this.#wish(wish);
  }

  #wish(wish: Wish): void {
    switch (wish) {
      case "send":
        this.#send();
        break;
      case "interrupt":
        this.#interrupt();
        break;
      case "leave":
        this.#leave();
        break;
      case "redraw":
        this.#face.redraw();
        break;
      case "edit":
        void this.#edit().catch(this.#fail);
        break;
      case "suspend":
        void this.#suspend();
        break;
      case "thinking":
        this.#face.tell(this.#chat.now.turns.at(-1)?.thinking || "The last answer came without thinking.");
        break;
      default:
        wish satisfies never;
    }
  }

  #send(): void {
    const { draft } = this.#face.view();
    const message = messageOf(draft);
    if (message.trim() === "") return;
    if (this.#chat.doing) {
      this.#refuse();
      return;
    }
    if (this.#history.add(textOf(draft))) this.parts.history.add(textOf(draft));
    this.#face.question(message);
    this.#began = this.parts.now();
    this.#face.show({ draft: EMPTY, hint: "", ms: 0 });
    this.#face.expectCode();
    this.#busy = this.#chat.submit(message).catch(this.#fail);
  }

  #refuse(): void {
    this.#face.show({ hint: `It is still ${this.#chat.doing}; Ctrl-C stops it.` });
  }

  #interrupt(): void {
    const { draft } = this.#face.view();
    if (!this.#chat.doing && draft.cells.length > 0) {
      this.#interrupts.forget();
      this.#face.show({ draft: EMPTY, hint: "" });
      return;
    }
    const what = this.#interrupts.next(this.#chat.doing !== undefined);
    if (what === "stop") this.#chat.stop();
    else if (what === "leave") this.#leave();
    else this.#face.show({ hint: HOW_TO_LEAVE });
  }

  /** Ctrl-Z: the shell has the terminal until `fg`. */
  async #suspend(): Promise<void> {
    if (process.platform === "win32") return;
    this.#face.show({ hidden: true });
    await drawn();
    this.#terminal.give();
    process.kill(process.pid, "SIGTSTP");
    this.#terminal.take();
    // Ink erases the line above, as its own: by now the shell has written the command there.
    this.stdout.write("\n");
    this.#face.show({ hidden: false });
  }

  async #edit(): Promise<void> {
    const { draft } = this.#face.view();
    if (this.parts.edit === undefined) return this.#face.show({ hint: "$VISUAL or $EDITOR names no editor." });
    if (this.#chat.doing) return this.#refuse();
    this.#face.show({ hidden: true });
    await drawn();
    this.#terminal.give();
    try {
      const { text, problem = "" } = await this.parts.edit(textOf(draft));
      this.#face.draft(text);
      this.#face.show({ hint: problem });
    } finally {
      this.#terminal.take();
      this.#face.show({ hidden: false });
    }
  }
}

/** React and Ink draw what is new in tasks of their own, at most thirty times a second. */
function drawn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

/**
 * The same stream for Ink, seemingly of endless height: Ink clears terminal and scroll-back when a frame is as tall as the screen.
 * What frameOf makes is shorter, but the screen may shrink between two frames.
 */
function forInk(stdout: WriteStream): WriteStream {
  const eraser = new FrameEraser();
  return new Proxy(stdout, {
    get(target, name) {
      if (name === "rows") return Number.MAX_SAFE_INTEGER;
      // Where the terminal tells 0, Ink would ask elsewhere and come to one column.
      if (name === "columns") return screenSize(target).columns;
      if (name === "write") return (text: string, done?: () => void) => target.write(eraser.rewrite(text), done);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
