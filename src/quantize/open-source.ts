// A file of this disk as a byte source, open until it is closed.
import { open } from "node:fs/promises";
import type { ByteSource } from "../gguf/source.js";

/** @throws what the system says of a file that cannot be opened */
export async function openSource(path: string): Promise<{ readonly source: ByteSource; close(): Promise<void> }> {
  const file = await open(path, "r");
  const { size } = await file.stat();
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  };
  return { source: { size, read }, close: () => file.close() };
}
