// Events for programs: a JSON document on each line of stdout.
import { once } from "node:events";

export class EventLines {
  constructor(private readonly stream: NodeJS.WritableStream) {}

  /** Waits while the reader is slower than the events. */
  async write(event: { readonly type: string }): Promise<void> {
    if (!this.stream.write(`${JSON.stringify(event)}\n`)) await once(this.stream, "drain");
  }
}
