// Makes the saved state of a short sequence into that of a long one, so that a full context need not be computed: as many cells
// with the right positions, and a hole in the file where their rows would be. The form is llama.cpp's
// (llama_kv_cache::state_write, llama_memory_recurrent::state_write; v0.5.0). Its own process, told by JSON on stdin: the files, the
// tokens, and of what the model keeps the parts in order (cache, sliding, recurrent), with the sliding window.
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";

function stretchState({ from, to, tokens, parts, window }) {
  const reader = new Reader(readFileSync(from));
  rmSync(to, { force: true });
  const file = openSync(to, "a");
  const write = (bytes) => writeSync(file, bytes);
  write(reader.take(8));
  reader.take(4 * reader.number());
  write(Buffer.from(Uint32Array.of(tokens.length).buffer));
  write(Buffer.from(Int32Array.from(tokens).buffer));
  for (const part of parts) {
    if (part === "recurrent") stretchRecurrent(reader, write, tokens.length);
    else
      stretchCache(reader, file, tokens.length, part === "sliding" ? Math.min(window, tokens.length) : tokens.length);
  }
  if (reader.left > 0) throw new Error(`${reader.left} bytes of the state are not understood`);
  closeSync(file);
}

function stretchCache(reader, file, length, cells) {
  const write = (bytes) => writeSync(file, bytes);
  write(reader.take(4)); // streams: one
  const before = reader.number();
  write(Buffer.from(Uint32Array.of(cells).buffer));
  reader.take(before * 12);
  // Position, number of sequences, the sequence.
  const meta = new Int32Array(cells * 3);
  for (let cell = 0; cell < cells; cell++) meta.set([length - cells + cell, 1, 0], cell * 3);
  write(Buffer.from(meta.buffer));
  const transposed = reader.peek();
  if (transposed !== 0) throw new Error("the values are stored transposed: no flash attention?");
  write(reader.take(4));
  const layers = reader.peek();
  write(reader.take(4));
  // Keys of all layers, then values; with latent attention there are none, and what follows is no row of this cache.
  for (let tensor = 0; tensor < layers * 2; tensor++) {
    if (tensor >= layers && !reader.startsRow(before)) break;
    const type = reader.take(4);
    const size = reader.take(8);
    const row = Number(size.readBigUInt64LE());
    write(type);
    write(size);
    reader.take(row * before);
    ftruncateSync(file, fstatSync(file).size + row * cells);
  }
}

/** A state has one size; only the position moves. */
function stretchRecurrent(reader, write, length) {
  write(reader.take(4));
  reader.take(4);
  write(Buffer.from(Int32Array.of(length - 1).buffer));
  write(reader.rest());
}

class Reader {
  #place = 0;

  constructor(bytes) {
    this.bytes = bytes;
  }

  get left() {
    return this.bytes.length - this.#place;
  }

  take(length) {
    if (length > this.left) throw new Error("the state ends too early");
    this.#place += length;
    return this.bytes.subarray(this.#place - length, this.#place);
  }

  peek() {
    return this.bytes.readUInt32LE(this.#place);
  }

  number() {
    return this.take(4).readUInt32LE();
  }

  rest() {
    return this.take(this.left);
  }

  /** Is what follows a type and the size of a row, with rows behind it? */
  startsRow(rows) {
    if (this.left < 12) return false;
    const type = this.peek();
    const row = this.bytes.readBigUInt64LE(this.#place + 4);
    return type < 64 && row > 0n && row < 2n ** 24n && Number(row) * rows <= this.left - 12;
  }
}

stretchState(JSON.parse(readFileSync(0, "utf8")));
