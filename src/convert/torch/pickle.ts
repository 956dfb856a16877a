// The pickle machine as far as torch.save needs it for tensors. Every operation and every name that is not expected is an
// error; a call is a look into a table. A pickle has no loops, so its length bounds the steps. Source: Python's pickletools.py.
import { OslmError } from "../../errors.js";
import { callGlobal, isKnownGlobal, storageNamed } from "./globals.js";
import { MAX_DEPTH, MAX_OBJECTS } from "./limits.js";
import { opcodeName } from "./opcodes.js";
import { PickleBytes } from "./pickle-bytes.js";
import { PickleStack } from "./pickle-stack.js";
import type { Refuse } from "./tensor-window.js";
import { DictValue, GlobalValue, ListValue, TupleValue, type Value } from "./values.js";

const STOP = 0x2e;

/**
 * What a pickle of tensors holds. `file` is where it lies, for messages.
 * @throws OslmError malformed-checkpoint with the operation or the name that has no place in one
 */
export function readPickle(bytes: Uint8Array, file: string): Value {
  return new Machine(bytes, file).run();
}

class Machine {
  /** All that torch.save writes by protocol 2, its only one unless asked for another. */
  static readonly #operations: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (m: Machine) => void>([
    [0x80, (m) => m.#protocol(m.#bytes.u8())],
    [0x28, (m) => m.#stack.mark()],
    [0x7d, (m) => m.#make(new DictValue())],
    [0x5d, (m) => m.#make(new ListValue())],
    [0x29, (m) => m.#tuple([])],
    [0x74, (m) => m.#tuple(m.#stack.marked())],
    [0x85, (m) => m.#tuple(m.#stack.last(1))],
    [0x86, (m) => m.#tuple(m.#stack.last(2))],
    [0x87, (m) => m.#tuple(m.#stack.last(3))],
    [0x4e, (m) => m.#stack.push(null)],
    [0x88, (m) => m.#stack.push(true)],
    [0x89, (m) => m.#stack.push(false)],
    [0x4b, (m) => m.#stack.push(m.#bytes.u8())],
    [0x4d, (m) => m.#stack.push(m.#bytes.u16())],
    [0x4a, (m) => m.#stack.push(m.#bytes.i32())],
    [0x8a, (m) => m.#stack.push(m.#bytes.long())],
    [0x47, (m) => m.#stack.push(m.#bytes.f64())],
    [0x58, (m) => m.#make(m.#bytes.text(m.#bytes.u32()))],
    [0x63, (m) => m.#global(`${m.#bytes.line()}.${m.#bytes.line()}`)],
    [0x71, (m) => m.#stack.remember(m.#bytes.u8())],
    [0x72, (m) => m.#stack.remember(m.#bytes.u32())],
    [0x68, (m) => m.#stack.recall(m.#bytes.u8())],
    [0x6a, (m) => m.#stack.recall(m.#bytes.u32())],
    [0x61, (m) => m.#append(m.#stack.last(1))],
    [0x65, (m) => m.#append(m.#stack.marked())],
    [0x73, (m) => m.#set(m.#stack.last(2))],
    [0x75, (m) => m.#set(m.#stack.marked())],
    [0x51, (m) => m.#make(storageNamed(m.#stack.last(1)[0], m.#refuse))],
    [0x52, (m) => m.#call(m.#stack.last(2))],
    [0x62, (m) => m.#build(m.#stack.last(1))],
  ]);

  readonly #refuse: Refuse = (reason) => {
    const where = `${opcodeName(this.#code)}, byte ${this.#bytes.position}`;
    throw new OslmError("malformed-checkpoint", {
      file: this.file,
      reason: `its pickle is refused: ${reason} (${where})`,
    });
  };

  readonly #bytes: PickleBytes;
  readonly #stack = new PickleStack(this.#refuse);
  #code = STOP;
  #objects = 0;

  constructor(
    bytes: Uint8Array,
    readonly file: string,
  ) {
    this.#bytes = new PickleBytes(bytes, this.#refuse);
  }

  run(): Value {
    for (;;) {
      this.#code = this.#bytes.u8();
      if (this.#code === STOP) break;
      const operation = Machine.#operations.get(this.#code);
      if (operation === undefined) return this.#refuse("it has an operation that no list of tensors needs");
      operation(this);
    }
    const [value] = this.#stack.last(1);
    return value === undefined || !this.#stack.empty ? this.#refuse("it ends too early") : value;
  }

  #protocol(version: number): void {
    if (version !== 2) this.#refuse(`it is of protocol ${version}, and torch.save writes protocol 2`);
  }

  #make(value: Value): void {
    this.#objects++;
    if (this.#objects > MAX_OBJECTS) this.#refuse(`it makes more than ${MAX_OBJECTS} objects`);
    this.#stack.push(value);
  }

  #tuple(items: readonly Value[]): void {
    this.#make(new TupleValue(items, this.#above(items)));
  }

  /** The depth of something that holds these. */
  #above(items: readonly Value[]): number {
    let depth = 0;
    for (const item of items) if (typeof item === "object" && item !== null && item.depth > depth) depth = item.depth;
    return depth < MAX_DEPTH ? depth + 1 : this.#refuse(`it goes deeper than ${MAX_DEPTH} levels`);
  }

  #append(items: readonly Value[]): void {
    const list = this.#stack.top();
    if (!(list instanceof ListValue) || list.closed) this.#refuse("it appends to what is no new list");
    for (const item of items) list.items.push(item);
    list.depth = Math.max(list.depth, this.#above(items));
  }

  #set(items: readonly Value[]): void {
    const dict = this.#stack.top();
    if (!(dict instanceof DictValue) || dict.closed) this.#refuse("it sets items of what is no new dictionary");
    if (items.length % 2 !== 0) this.#refuse("a key has no value");
    for (const [index, item] of items.entries()) (index % 2 === 0 ? dict.keys : dict.values).push(item);
    dict.depth = Math.max(dict.depth, this.#above(items));
  }

  #global(name: string): void {
    if (!isKnownGlobal(name)) this.#refuse(`it asks for ${name}, which no list of tensors needs`);
    this.#make(new GlobalValue(name));
  }

  #call([callable, given]: readonly Value[]): void {
    if (!(callable instanceof GlobalValue)) this.#refuse("it calls what is no function");
    if (!(given instanceof TupleValue)) this.#refuse(`it calls ${callable.name} without a list of arguments`);
    this.#make(callGlobal(callable.name, given.items, this.#refuse));
  }

  /** An OrderedDict of tensors gets its version as an attribute, which nobody needs here. */
  #build([state]: readonly Value[]): void {
    const target = this.#stack.top();
    const plain = target instanceof DictValue && !target.closed && state instanceof DictValue;
    if (!plain) this.#refuse("it gives a state to an object");
  }
}
