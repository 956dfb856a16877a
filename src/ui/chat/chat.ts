// A chat apart from the screen that shows it: what a person types goes in, what is to be shown goes to the face.
import { untilAborted } from "../../model/until-aborted.js";
import type { AnswerPart, ChatModel, ChatParts, Face, Kept, Models, SavedChats } from "./chat-parts.js";
import { findCommand, unknown } from "./commands.js";
import { type Conversation, change, type Happening, messagesOf, newConversation } from "./conversation.js";
import { droppedText, imageNames, lengthText, onlyThought, questionText, THOUGHT_TEXT } from "./sentences.js";

export class Chat {
  readonly start: Conversation;
  readonly models: Models;
  readonly saved: SavedChats;
  readonly copy: ChatParts["copy"];
  #now: Conversation;
  #name: string;
  #answering: AbortController | undefined;
  #loading: AbortController | undefined;
  /** Something happened that is not kept yet. */
  #unkept = false;
  /** Why it could not be kept the last time. */
  #failure: string | undefined;
  #exchanged = false;
  /** The model could not be loaded for images of earlier questions: only a new image has it tried again. */
  #blind = false;

  constructor(
    private readonly parts: ChatParts,
    readonly face: Face,
  ) {
    this.start = newConversation(parts.system, parts.settings);
    this.#now = this.start;
    this.#name = parts.name;
    this.models = parts.models;
    this.saved = parts.saved;
    this.copy = parts.copy;
    // Whoever asks gets the error; without a question the screen hears of it.
    this.models.current.then((model) => this.#loaded(model)).catch(() => {});
  }

  get now(): Conversation {
    return this.#now;
  }

  get name(): string {
    return this.#name;
  }

  /** What `stop` would end. */
  get doing(): "answering" | "loading" | undefined {
    if (this.#answering !== undefined) return "answering";
    return this.#loading === undefined ? undefined : "loading";
  }

  happened(happening: Happening): void {
    this.#now = change(this.#now, happening);
    if (happening.type !== "loaded" && happening.type !== "unloaded") this.#unkept = true;
    this.face.changed();
  }

  /** What a person has typed: a message or a command. A path at the beginning of a message is no command. */
  async submit(line: string): Promise<void> {
    if (line.trim() === "") return;
    if (!/^\/[^/\s]*(\s|$)/.test(line)) return this.ask(line);
    const found = findCommand(line);
    if (!("command" in found)) return this.face.tell(unknown(/^\S+/.exec(line)?.[0] ?? line, found));
    await found.command.run(this, found.rest);
    this.keep();
  }

  /** Ends the answer that is being given, and keeps it; a model that is being loaded in place of another is given up. */
  stop(): void {
    this.#answering?.abort();
    this.#loading?.abort();
  }

  /** Goes on with another model; with the one before where that fails. */
  async use(name: string): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#loading = controller;
    try {
      const before = await untilAborted(signal, this.models.current);
      this.happened({ type: "unloaded" });
      this.face.model(name);
      const after = await this.models.use(name, signal);
      if (after === before) return this.face.tell(`${after.title} answers already.`);
      this.happened({ type: "exchanged" });
      this.#exchanged = true;
      this.#blind = false;
      this.face.tell(`${after.title} goes on (context ${after.ctx} tokens).`);
      this.#greet(after);
    } catch (error) {
      const reason = signal.aborted ? "Stopped." : this.parts.explain(error);
      if (reason === undefined) throw error;
      this.face.tell(reason, "warning");
      // Perhaps it is loaded again.
      const { title } = await this.models.current;
      this.face.tell(`${title} goes on.`);
    } finally {
      const model = await this.models.current;
      this.#loading = undefined;
      this.face.model(model.title);
      this.happened({ type: "loaded", total: model.ctx });
    }
  }

  async ask(question: string): Promise<void> {
    const controller = new AbortController();
    this.#answering = controller;
    this.happened({ type: "asked", question });
    this.keep();
    try {
      await this.#answer(controller.signal);
    } catch (error) {
      const reason = controller.signal.aborted ? "Stopped." : this.parts.explain(error);
      this.#giveUp(question, reason);
      if (reason === undefined) throw error;
    } finally {
      this.#answering = undefined;
      this.keep();
      this.face.changed();
    }
  }

  /** Shows an image to the model, with the next question. */
  async attach(file: string): Promise<void> {
    try {
      const image = await this.parts.look(file);
      this.happened({ type: "attached", images: [...this.now.attached, image] });
      this.face.tell(`${imageNames([image])} goes with the next question.`);
    } catch (error) {
      const reason = this.parts.explain(error);
      if (reason === undefined) throw error;
      this.face.tell(reason, "warning");
    }
  }

  /** Answers the last question again. */
  async askAgain(): Promise<void> {
    const last = this.now.turns.at(-1);
    if (last === undefined) return this.face.tell("There is no question yet.");
    if (this.now.settings.seed !== undefined) this.face.tell("The seed is fixed; /set seed default draws anew.");
    this.happened({ type: "withdrawn" });
    this.face.question(questionText(last));
    await this.ask(last.question);
  }

  /** Takes the last question back, to be asked as `text` or as it is written anew. */
  async edit(text: string): Promise<void> {
    const last = this.now.turns.at(-1);
    if (last === undefined) return this.face.tell("There is no question yet.");
    this.happened({ type: "withdrawn" });
    if (text === "") return this.face.draft(last.question);
    this.face.question(text);
    await this.ask(text);
  }

  /** Begins a new conversation; the old one stays where it is kept. */
  begin(): void {
    this.#leaveBehind();
    this.#name = this.saved.newName();
    this.happened({ type: "cleared" });
    this.#unkept = false;
  }

  /** Keeps the conversation under that name from now on. */
  save(name: string): void {
    const refusal = this.#refusal(name);
    if (refusal !== undefined) {
      this.face.tell(refusal);
      return;
    }
    const before = this.#name;
    if (name !== "") this.#name = name;
    this.#unkept = true;
    if (!this.keep()) return;
    if (before !== this.#name) this.saved.replaced(before);
    this.face.tell(
      this.#unkept ? `It will be saved as ${this.#name}, with the first answer.` : `Saved as ${this.#name}.`,
    );
  }

  /** Goes on with a saved conversation. */
  load(name: string): void {
    if (name === "") {
      this.face.tell(this.saved.list() || "No conversation is saved yet.");
      return;
    }
    try {
      // First: it may be the same, and what was opened is written over without a question.
      this.#leaveBehind();
      this.resume(name, this.saved.open(name));
    } catch (error) {
      const reason = this.parts.explain(error);
      if (reason === undefined) throw error;
      this.face.tell(reason, "warning");
    }
  }

  /** Goes on with what was kept, and shows where it stood. */
  resume(name: string, kept: Kept): void {
    this.#name = name;
    this.happened({ type: "resumed", saved: kept });
    this.#unkept = false;
    const count = kept.turns.length;
    this.face.tell(`Going on with ${name} (${count} question${count === 1 ? "" : "s"}).`);
    const last = kept.turns.at(-1);
    if (last === undefined) return;
    this.face.question(questionText(last));
    void this.face.answer(last.answer);
    this.face.ended(last);
  }

  /** Writes down what is new; false when that failed, which is said once. An empty conversation is not kept. */
  keep(): boolean {
    if (!this.#unkept || (this.now.turns.length === 0 && this.now.system === this.start.system)) return true;
    try {
      this.saved.write(this.#name, this.now);
      this.#unkept = false;
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#failure === undefined) this.face.tell(`this conversation cannot be saved: ${reason}`, "warning");
      this.#failure = reason;
      return false;
    }
  }

  /** Keeps what there is, and gives the way back to it; undefined where there is none. */
  end(): string | undefined {
    if (!this.#leaveBehind() || this.now.turns.length === 0) return undefined;
    // The latest conversation with the model of this command may be another one.
    return `Saved; ${this.#exchanged ? `--session ${this.#name}` : "--continue"} goes on with it.`;
  }

  /** Keeps what is left now: under another name where another process writes to its own. False where something is to be told, and was. */
  #leaveBehind(): boolean {
    if (this.keep()) return true;
    const before = this.#name;
    this.#name = this.saved.newName();
    const words = this.keep()
      ? `Saved as ${this.#name}, apart from ${before}: --session ${this.#name} goes on with it.`
      : `this conversation is not saved: ${this.#failure}`;
    this.face.tell(words, "warning");
    return false;
  }

  #loaded(model: ChatModel): void {
    this.happened({ type: "loaded", total: model.ctx });
    this.#greet(model);
  }

  #greet({ chats, knownTemplate }: ChatModel): void {
    if (!chats) this.face.tell("This is a base model: it continues what you write.");
    if (knownTemplate !== null) this.face.tell(`No chat template in the file: asked in the ${knownTemplate} format.`);
  }

  /** Why a conversation cannot be kept under that name. */
  #refusal(name: string): string | undefined {
    if (name === "" || name === this.#name) return undefined;
    if (!this.saved.isName(name)) return "A name has letters, digits, dots and hyphens.";
    if (!this.saved.names().includes(name)) return undefined;
    return `There is a conversation ${name} already; /load ${name} goes on with it.`;
  }

  async #answer(signal: AbortSignal): Promise<void> {
    const model = await this.#ready(signal);
    const began = this.parts.now();
    for await (const part of model.answer(messagesOf(this.now), this.now.settings, signal)) {
      switch (part.type) {
        case "unseen":
          this.face.tell(part.reason, "warning");
          break;
        case "dropped":
          this.happened({ type: "forgot", turns: part.turns });
          this.face.tell(droppedText(part.turns, part.tokens), "warning");
          break;
        case "thinking":
          this.happened({ type: "thought", text: part.text, ms: this.parts.now() - began });
          await this.face.thinking(part.text);
          break;
        case "text":
          this.happened({ type: "said", text: part.text });
          await this.face.answer(part.text);
          break;
        case "done":
          this.#end(part, model);
          break;
        default:
          part satisfies never;
      }
    }
  }

  /** What answers; where there are images it reads them. */
  async #ready(signal: AbortSignal): Promise<ChatModel> {
    const model = await untilAborted(signal, this.models.current);
    if (model.sees !== "later") return model;
    const asked = this.now.turns.at(-1)?.images !== undefined;
    const shown = messagesOf(this.now).some(({ images }) => images !== undefined);
    if (!asked && (!shown || this.#blind)) return model;
    this.happened({ type: "unloaded" });
    try {
      const seeing = await this.models.see(signal);
      this.happened({ type: "exchanged" });
      // By its projector more may be known of it.
      if (seeing.chats && !model.chats) {
        this.face.tell(
          `Its projector tells more of it: from now on it is asked in the ${seeing.knownTemplate} format.`,
        );
      }
      return seeing;
    } catch (error) {
      // Without images of earlier questions this one can be answered all the same.
      const reason = asked || signal.aborted ? undefined : this.parts.explain(error);
      if (reason === undefined) throw error;
      this.#blind = true;
      this.face.tell(reason, "warning");
      return await this.models.current;
    } finally {
      this.happened({ type: "loaded", total: (await this.models.current).ctx });
    }
  }

  #end({ ending, used, tokens, tokensPerSecond }: Extract<AnswerPart, { type: "done" }>, { ctx }: ChatModel): void {
    this.happened({ type: "ended", ending, used, tokensPerSecond });
    const turn = this.now.turns.at(-1);
    if (turn === undefined) return;
    this.face.ended(turn);
    if (ending === "length") this.face.tell(lengthText(tokens, used >= ctx));
    if (ending !== "cancelled" && onlyThought(turn)) this.face.tell(THOUGHT_TEXT);
    if (ending !== "cancelled") return;
    this.face.tell(turn.answer === "" ? "Stopped; the question is taken back." : "Stopped.");
    if (turn.answer === "") this.happened({ type: "withdrawn" });
  }

  /** No answer came: the question goes back to its author; the beginning of an answer is kept. */
  #giveUp(question: string, reason: string | undefined): void {
    const last = this.now.turns.at(-1);
    if (last !== undefined && last.ending === undefined) {
      if (last.answer === "") this.happened({ type: "withdrawn" });
      else {
        this.happened({ type: "ended", ending: "cancelled", used: this.now.used, tokensPerSecond: 0 });
        this.face.ended(last);
      }
      if (reason !== undefined && last.answer === "") void this.face.draft(question);
    }
    if (reason !== undefined) this.face.tell(reason, "warning");
  }
}
