// A connection whose bytes are read into the memory from which they are written to the disk. node:http makes a new
// buffer of every piece, copies it, and leaves so much garbage that collecting it takes as long as the reading.
import { connect, isIP, type OnReadOpts, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { ADDRESS_TIMEOUT_MS } from "../agents.js";
import { pourInto, type Vessel } from "../vessel.js";
import type { Wait } from "../wait.js";
import { type Head, parseHead } from "./head.js";

/** Takes what comes when nobody has given memory for it: heads, and what TLS had decrypted already. Copied at once. */
const spare = Buffer.allocUnsafeSlow(64 * 1024);

/** Asks one question after the other. Any trouble ends it. */
export class Connection {
  readonly #socket: Socket;
  /** What came and has not been looked at. */
  #early = Buffer.alloc(0);
  #vessel: Vessel | undefined;
  /** The memory that the socket reads into; undefined when it is the spare. */
  #room: Uint8Array | undefined;
  /** Bytes of the body that have not been poured. */
  #left = 0;
  #failure: Error | undefined;
  /** What the vessel threw while the socket was filling it. */
  #refusal: { readonly error: unknown } | undefined;
  #wake = () => {};
  #onBytes: (length: number) => void = () => {};
  #asked = 0;
  /** Nothing has come since the last question. */
  #silent = true;
  #stopped = false;

  constructor(url: URL) {
    const onread: OnReadOpts = { buffer: () => this.#next(), callback: (length) => this.#arrived(length) };
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const port = Number(url.port);
    const options = { host, onread, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };
    this.#socket =
      url.protocol === "https:"
        ? connectTls({
            ...options,
            port: port || 443,
            ALPNProtocols: ["http/1.1"],
            ...(isIP(host) === 0 && { servername: host }),
          })
        : connect({ ...options, port: port || 80 });
    this.#socket.setNoDelay(true);
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the connection was closed")));
  }

  /** What ended it; undefined while another question can be asked. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The server closed it in the very moment of its reuse; it never saw the last question. */
  get wasClosedIdle(): boolean {
    return this.#failure !== undefined && this.#asked > 1 && this.#silent && !this.#stopped;
  }

  /** Sends a request; gives the head of the reply, undefined for one of another form. Throws what Node's net and tls do. */
  async ask(request: string, wait: Wait): Promise<Head | undefined> {
    this.#asked++;
    this.#silent = true;
    this.#socket.ref();
    wait.watch((reason) => {
      this.#stopped = true;
      this.#socket.destroy(reason);
    });
    this.#socket.write(request, "latin1");
    for (;;) {
      const head = parseHead(this.#early);
      if (head !== "incomplete") {
        if (head !== undefined) this.#early = this.#early.subarray(head.length);
        return head;
      }
      if (this.#failure !== undefined) throw this.#failure;
      await this.#more(wait);
    }
  }

  /** Reads `length` bytes of body. Throws what Node's net and tls do, and what the vessel does. */
  async pour(vessel: Vessel, length: number, wait: Wait): Promise<void> {
    [this.#vessel, this.#left] = [vessel, length];
    for (;;) {
      const poured = pourInto(vessel, this.#early.subarray(0, this.#left));
      this.#early = this.#early.subarray(poured);
      this.#left -= poured;
      if (this.#refusal !== undefined) throw this.#refusal.error;
      if (this.#left === 0) break;
      if (this.#early.length > 0 || vessel.room() === undefined) await vessel.freed();
      else if (this.#failure !== undefined) throw this.#failure;
      else await this.#more(wait);
    }
    this.#vessel = undefined;
    // More than was announced.
    if (this.#early.length > 0) this.close();
  }

  /** Lets the process end although the connection is open. Whatever comes now is no answer. */
  rest(): void {
    this.#onBytes = () => this.close();
    this.#socket.resume();
    this.#socket.unref();
  }

  close(): void {
    this.#end(new Error("the connection was closed"));
    this.#socket.destroy();
  }

  async #more(wait: Wait): Promise<void> {
    wait.restart();
    this.#onBytes = wait.came;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#socket.resume();
    });
    // The consumer may take its time.
    this.#onBytes = () => {};
    wait.pause();
  }

  /** Asked by the socket before each reading. */
  #next(): Uint8Array {
    const room = this.#early.length === 0 && this.#left > 0 ? this.#vessel?.room() : undefined;
    this.#room = room?.subarray(0, this.#left);
    return this.#room ?? spare;
  }

  /** Tells the socket whether to read on. */
  #arrived(length: number): boolean {
    this.#silent = false;
    this.#onBytes(length);
    try {
      if (this.#room === undefined) this.#receive(spare.subarray(0, length));
      else {
        this.#left -= length;
        this.#vessel?.filled(length);
      }
    } catch (error) {
      this.#refusal = { error };
    }
    const isWanted = this.#early.length === 0 && this.#left > 0 && this.#vessel?.room() !== undefined;
    if (isWanted && this.#refusal === undefined) return true;
    this.#wake();
    return false;
  }

  #receive(bytes: Uint8Array): void {
    const vessel = this.#early.length === 0 ? this.#vessel : undefined;
    const poured = vessel ? pourInto(vessel, bytes.subarray(0, this.#left)) : 0;
    this.#left -= poured;
    if (poured < bytes.length) this.#early = Buffer.concat([this.#early, bytes.subarray(poured)]);
  }

  #end(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}
