// Elements of a tensor in row-major order, however its strides lay them out in the storage.
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
function isContiguous({ shape, strides }: Layout): boolean {
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
  for (const { place, to } of places(outer, base)) {
    const together = near.together(inner.stride);
    for (let at = 0; at < inner.size; at += together) {
      const count = Math.min(together, inner.size - at);
      const length = (count - 1) * inner.stride + 1;
      const bytes = await near.read(place + at * inner.stride, length, outer.at(-1)?.stride ?? length);
      spread(
        bytes,
        inner.stride * layout.width,
        out,
        (to + at * inner.step) * layout.width,
        inner.step * layout.width,
        {
          count,
          width: layout.width,
        },
      );
    }
  }
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

/** Copies elements that are so many bytes apart to where they are to be, so many bytes apart. */
function spread(
  source: Uint8Array,
  stride: number,
  out: Uint8Array,
  start: number,
  step: number,
  { count, width }: { count: number; width: number },
): void {
  for (let index = 0, from = 0, to = start; index < count; index++, from += stride, to += step) {
    for (let byte = 0; byte < width; byte++) out[to + byte] = source[from + byte] ?? 0;
  }
}
