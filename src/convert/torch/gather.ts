// Elements of a tensor in row-major order, however its strides lay them out in the storage.
import { view } from "../floats.js";
import { type Box, boxes, rowMajor } from "./boxes.js";
import { type ReadStorage, StorageWindow } from "./storage-window.js";

/** Where elements are in a storage; offset and strides count elements. */
export interface Layout {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Bytes of an element. */
  readonly width: number;
}

/**
 * The elements from `from` on, `count` of them. They are taken in the storage's order, a few megabytes of it at once, so
 * that rows of a transposed matrix cost one pass over its storage rather than a read for each element.
 */
export async function gather(layout: Layout, read: ReadStorage, from: number, count: number): Promise<Uint8Array> {
  const { width } = layout;
  if (isContiguous(layout)) return read((layout.offset + from) * width, count * width);
  const out = new Uint8Array(count * width);
  for (const box of boxes(layout.shape, from, count)) {
    await fill(layout, box, read, out.subarray((box.start - from) * width, (box.start - from + box.count) * width));
  }
  return out;
}

/** Whether the elements follow one another as they do without strides. */
export function isContiguous({ shape, strides }: Layout): boolean {
  return rowMajor(shape).every((step, dimension) => shape[dimension] === 1 || strides[dimension] === step);
}

/** A dimension of a block: elements from one index to the next in the storage and in what is read. */
interface Dimension {
  readonly size: number;
  readonly stride: number;
  readonly step: number;
}

async function fill(layout: Layout, box: Box, read: ReadStorage, out: Uint8Array): Promise<void> {
  const steps = rowMajor(box.sizes);
  const outer: Dimension[] = box.sizes
    .map((size, index) => ({ size, stride: layout.strides[index] ?? 0, step: steps[index] ?? 0 }))
    .filter(({ size }) => size > 1)
    .sort((one, other) => other.stride - one.stride);
  const inner = outer.pop() ?? { size: 1, stride: 1, step: 1 };
  const base = box.first.reduce((sum, at, index) => sum + at * (layout.strides[index] ?? 0), layout.offset);
  const last = [...outer, inner].reduce((sum, { size, stride }) => sum + (size - 1) * stride, base);
  const near = new StorageWindow(read, layout.width, last + 1);
  const together = near.together(inner.stride);
  const next = inner.size > together ? together * inner.stride : (outer.at(-1)?.stride ?? 0);
  const target = elements(out, layout.width);
  for (const { place, to } of places(outer, base)) {
    for (let at = 0; at < inner.size; at += together) {
      const count = Math.min(together, inner.size - at);
      const bytes = await near.read(place + at * inner.stride, (count - 1) * inner.stride + 1, next);
      spread(elements(bytes, layout.width), inner.stride, target, to + at * inner.step, inner.step, count);
    }
  }
}

type Elements = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

function elements(bytes: Uint8Array, width: number): Elements {
  if (width === 8) return view(BigUint64Array, bytes);
  return width === 4 ? view(Uint32Array, bytes) : width === 2 ? view(Uint16Array, bytes) : bytes;
}

/** Every combination of indices: where it is in the storage, which ascends, and where in what is read. */
function* places(dimensions: readonly Dimension[], base: number, to = 0): Generator<{ place: number; to: number }> {
  const [first, ...rest] = dimensions;
  if (first === undefined) {
    yield { place: base, to };
    return;
  }
  for (let index = 0; index < first.size; index++) {
    yield* places(rest, base + index * first.stride, to + index * first.step);
  }
}

/** Copies elements from where they are `stride` apart to where they are `step` apart, from `start` on. */
function spread(source: Elements, stride: number, out: Elements, start: number, step: number, count: number): void {
  for (let index = 0, from = 0, to = start; index < count; index++, from += stride, to += step) {
    out[to] = source[from] as number & bigint;
  }
}
