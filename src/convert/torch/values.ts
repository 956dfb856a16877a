// What a pickle of tensors is made of. None of it is an object of the program: a pickle can make nothing but these.
import type { StoredType } from "../checkpoint.js";

/** The elements of one tensor or of several, stored under a name of their own. */
export class StorageValue {
  readonly depth = 0;
  constructor(
    readonly key: string,
    /** Undefined where the storage is of bytes, and each tensor says what they are. */
    readonly type: StoredType | undefined,
    readonly elements: number,
  ) {}
}

/** A window on a storage: offset and strides count elements. */
export class TensorValue {
  readonly depth = 1;
  constructor(
    readonly storage: StorageValue,
    readonly type: StoredType,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** A name of Python's, as `collections.OrderedDict`. */
export class GlobalValue {
  readonly depth = 0;
  constructor(readonly name: string) {}
}

export class TupleValue {
  constructor(
    readonly items: readonly Value[],
    readonly depth: number,
  ) {}
}

/** Open until it is put into something else: what is stored once does not change any more, so nothing can hold itself. */
abstract class Container {
  closed = false;
  depth = 1;
}

export class ListValue extends Container {
  readonly items: Value[] = [];
}

export class DictValue extends Container {
  readonly keys: Value[] = [];
  readonly values: Value[] = [];
}

export type Value =
  | null
  | boolean
  | number
  | string
  | StorageValue
  | TensorValue
  | GlobalValue
  | TupleValue
  | ListValue
  | DictValue;
