// The engine's last log lines: when a load fails they are the only place that says why.

/** Seen of llama.cpp with a limit on memory: of its buffers, its caches, CUDA, Vulkan, mmap, and the allocator of C++. */
const OUT_OF_MEMORY =
  /failed to allocate|out of (device )?memory|memory allocation .*failed|bad_alloc|cannot allocate memory|ErrorOutOfDeviceMemory/i;

/** Does this line, or the text of an error, say that memory ran out? */
export function saysOutOfMemory(text: string): boolean {
  return OUT_OF_MEMORY.test(text);
}

export class EngineLog {
  readonly #lines: string[] = [];

  readonly write = (_level: unknown, message: string): void => {
    this.#lines.push(...message.split("\n").filter((line) => line.trim() !== ""));
    this.#lines.splice(0, Math.max(0, this.#lines.length - 40));
  };

  /** The line that most likely tells the reason of a failure, or undefined. Where memory ran out, that is the reason. */
  reason(): string | undefined {
    const telling = this.#lines.filter((line) => /error|fail|unable|unknown|unsupported|invalid|missing/i.test(line));
    // llama.cpp reports the cause first and then each caller's "failed to load model".
    const cause = telling.find((line) => !/failed to load model/i.test(line)) ?? telling[0];
    return (this.#lines.find(saysOutOfMemory) ?? cause)?.trim();
  }
}
