// The names of Python's that a pickle may speak of, and what each of them makes. All others are refused by name.
import type { StoredType } from "../checkpoint.js";
import { ELEMENT_BYTES } from "../stored-types.js";
import { isCount, type Refuse, window } from "./tensor-window.js";
import { DictValue, GlobalValue, StorageValue, TensorValue, TupleValue, type Value } from "./values.js";

/** Null: bytes, whose meaning each tensor gives. */
const STORAGES: ReadonlyMap<string, StoredType | null> = new Map<string, StoredType | null>([
  ["torch.DoubleStorage", "F64"],
  ["torch.FloatStorage", "F32"],
  ["torch.HalfStorage", "F16"],
  ["torch.BFloat16Storage", "BF16"],
  ["torch.LongStorage", "I64"],
  ["torch.IntStorage", "I32"],
  ["torch.ShortStorage", "I16"],
  ["torch.CharStorage", "I8"],
  ["torch.ByteStorage", "U8"],
  ["torch.BoolStorage", "BOOL"],
  ["torch.UntypedStorage", null],
  ["torch.storage.UntypedStorage", null],
]);

const TYPES: ReadonlyMap<string, StoredType> = new Map<string, StoredType>([
  ["torch.float64", "F64"],
  ["torch.float32", "F32"],
  ["torch.float16", "F16"],
  ["torch.bfloat16", "BF16"],
  ["torch.float8_e4m3fn", "F8_E4M3"],
  ["torch.float8_e5m2", "F8_E5M2"],
  ["torch.int64", "I64"],
  ["torch.int32", "I32"],
  ["torch.int16", "I16"],
  ["torch.int8", "I8"],
  ["torch.uint8", "U8"],
  ["torch.bool", "BOOL"],
]);

type Make = (given: readonly Value[], refuse: Refuse) => Value;

/** What may be called. The arguments that say how a tensor is trained are not looked at. */
const CALLS: ReadonlyMap<string, Make> = new Map<string, Make>([
  [
    "collections.OrderedDict",
    (given, refuse) => (given.length === 0 ? new DictValue() : refuse("it fills an OrderedDict by a call")),
  ],
  ["torch.Size", ([sizes], refuse) => (sizes instanceof TupleValue ? sizes : refuse("a torch.Size has no sizes"))],
  [
    "torch._utils._rebuild_parameter",
    ([data], refuse) => (data instanceof TensorValue ? data : refuse("a parameter is no tensor")),
  ],
  [
    "torch._utils._rebuild_tensor_v2",
    ([storage, offset, shape, strides], refuse) => {
      if (!(storage instanceof StorageValue)) return refuse("a tensor has no storage");
      if (storage.type === undefined) return refuse("a tensor does not say what its bytes are");
      return window(storage, storage.type, storage.elements, [offset, shape, strides], refuse);
    },
  ],
  [
    "torch._utils._rebuild_tensor_v3",
    ([storage, offset, shape, strides, , , type], refuse) => {
      if (!(storage instanceof StorageValue)) return refuse("a tensor has no storage");
      const stored = typeNamed(type);
      if (stored === undefined) return refuse("a tensor does not say what its bytes are");
      const bytes = storage.elements * (storage.type === undefined ? 1 : ELEMENT_BYTES[storage.type]);
      return window(storage, stored, Math.floor(bytes / ELEMENT_BYTES[stored]), [offset, shape, strides], refuse);
    },
  ],
]);

const typeNamed = (value: Value | undefined): StoredType | undefined =>
  value instanceof GlobalValue ? TYPES.get(value.name) : undefined;

/** Whether a pickle of tensors may speak of it at all. */
export const isKnownGlobal = (name: string): boolean => CALLS.has(name) || STORAGES.has(name) || TYPES.has(name);

/** What the function `name` gives for these arguments: a table decides, nothing of Python runs. */
export function callGlobal(name: string, given: readonly Value[], refuse: Refuse): Value {
  const make = CALLS.get(name);
  return make === undefined ? refuse(`it calls ${name}`) : make(given, refuse);
}

/** The storage that a persistent identifier names: ("storage", its class, its file, where it was, elements). */
export function storageNamed(value: Value | undefined, refuse: Refuse): StorageValue {
  const [word, kind, key, , elements] = value instanceof TupleValue ? value.items : [];
  const type = kind instanceof GlobalValue ? STORAGES.get(kind.name) : undefined;
  if (word !== "storage" || type === undefined) return refuse("it refers to something else than a storage");
  if (typeof key !== "string" || !/^\w{1,32}$/.test(key)) return refuse("a storage has no name");
  if (!isCount(elements)) return refuse("a storage has no size");
  return new StorageValue(key, type ?? undefined, elements);
}
