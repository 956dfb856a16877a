// What a pickle machine works on: a stack with marks, and what it remembers by number. Both bounded.
import { MAX_MEMO, MAX_STACK } from "./limits.js";
import type { Refuse } from "./tensor-window.js";
import { DictValue, ListValue, type Value } from "./values.js";

export class PickleStack {
  readonly #values: Value[] = [];
  /** Heights that were marked. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Value>();

  constructor(readonly refuse: Refuse) {}

  get empty(): boolean {
    return this.#values.length === 0 && this.#marks.length === 0;
  }

  push(value: Value): void {
    if (this.#values.length >= MAX_STACK) this.refuse(`it piles up more than ${MAX_STACK} values`);
    this.#values.push(value);
  }

  mark(): void {
    if (this.#marks.length >= MAX_STACK) this.refuse(`it sets more than ${MAX_STACK} marks`);
    this.#marks.push(this.#values.length);
  }

  /** The uppermost so many, which leave the stack. */
  last(count: number): Value[] {
    return this.#take(this.#below(count));
  }

  /** All above the last mark, which leave the stack with it. */
  marked(): Value[] {
    const height = this.#marks.pop();
    return height === undefined ? this.refuse("it has no mark") : this.#take(height);
  }

  /** The uppermost, which stays where it is. */
  top(): Value {
    return this.#values[this.#below(1)] ?? null;
  }

  remember(index: number): void {
    if (this.#memo.size >= MAX_MEMO) this.refuse(`it remembers more than ${MAX_MEMO} values`);
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.refuse(`it asks for value ${index}, which it did not remember`);
    if (isContainer(value) && !value.closed) this.refuse("something would hold itself");
    this.push(value);
  }

  #below(count: number): number {
    const height = this.#values.length - count;
    return height < (this.#marks.at(-1) ?? 0) ? this.refuse("its stack is empty") : height;
  }

  /** What leaves the stack becomes part of something, and does not change after that. */
  #take(height: number): Value[] {
    const values = this.#values.splice(height);
    for (const value of values) if (isContainer(value)) value.closed = true;
    return values;
  }
}

const isContainer = (value: Value): value is ListValue | DictValue =>
  value instanceof ListValue || value instanceof DictValue;
