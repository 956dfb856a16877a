// Writes small GGUF files for tests, correct ones and, on request, lying ones.

type Scalar = string | number | bigint | boolean;
const TYPE_IDS = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;
export type GgufType = Exclude<keyof typeof TYPE_IDS, "array">;

/** A value with its type spelled out: `typed("uint64", 5)`, `typed("int32", [1, 2])`. */
export interface Typed {
  readonly type: GgufType;
  readonly value: Scalar | readonly Scalar[];
}
export const typed = (type: GgufType, value: Scalar | readonly Scalar[]): Typed => ({ type, value });

/** Numbers become uint32 when whole and not negative, float32 otherwise; arrays take the type of their first element. */
export type WritableValue = Scalar | readonly Scalar[] | Typed;

export interface WritableTensor {
  readonly name: string;
  readonly dims: readonly (number | bigint)[];
  /** ggml type number; default 0, F32. */
  readonly type?: number;
  /** Default: zeros of the size that `bytes` gives, or 4 per element. */
  readonly data?: Uint8Array;
  readonly bytes?: number;
  /** Default: where the data is put. */
  readonly offset?: number | bigint;
}

export interface GgufSpec {
  /** A list of pairs can hold a key twice. */
  readonly metadata?: Readonly<Record<string, WritableValue>> | readonly (readonly [string, WritableValue])[];
  readonly tensors?: readonly WritableTensor[];
  readonly magic?: string;
  readonly version?: number;
  /** Lies; default: the truth. */
  readonly tensorCount?: number | bigint;
  readonly keyCount?: number | bigint;
  /** Used for the layout; write `general.alignment` into the metadata as well. */
  readonly alignment?: number;
  /** False leaves the tensor data away: a header without a body. */
  readonly withData?: boolean;
}

const u32 = (value: number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
};
const u64 = (value: number | bigint) => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return buffer;
};
const string = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

function scalar(type: GgufType, value: Scalar): Buffer {
  if (type === "string") return string(String(value));
  const buffer = Buffer.alloc(8);
  const number = Number(value);
  switch (type) {
    case "uint8":
    case "bool":
      buffer.writeUInt8(number);
      return buffer.subarray(0, 1);
    case "int8":
      buffer.writeInt8(number);
      return buffer.subarray(0, 1);
    case "uint16":
      buffer.writeUInt16LE(number);
      return buffer.subarray(0, 2);
    case "int16":
      buffer.writeInt16LE(number);
      return buffer.subarray(0, 2);
    case "uint32":
      buffer.writeUInt32LE(number);
      return buffer.subarray(0, 4);
    case "int32":
      buffer.writeInt32LE(number);
      return buffer.subarray(0, 4);
    case "float32":
      buffer.writeFloatLE(number);
      return buffer.subarray(0, 4);
    case "uint64":
      buffer.writeBigUInt64LE(BigInt(value));
      return buffer;
    case "int64":
      buffer.writeBigInt64LE(BigInt(value));
      return buffer;
    case "float64":
      buffer.writeDoubleLE(number);
      return buffer;
  }
}

function guessType(value: Scalar | undefined): GgufType {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "uint64";
  return Number.isInteger(value ?? 0) && (value ?? 0) >= 0 ? "uint32" : "float32";
}

function value(given: WritableValue): Buffer {
  const { type, value: content }: Typed =
    typeof given === "object" && "type" in given
      ? given
      : { type: guessType(Array.isArray(given) ? given[0] : (given as Scalar)), value: given };
  if (!Array.isArray(content)) return Buffer.concat([u32(TYPE_IDS[type]), scalar(type, content as Scalar)]);
  return Buffer.concat([
    u32(TYPE_IDS.array),
    u32(TYPE_IDS[type]),
    u64(content.length),
    ...content.map((element: Scalar) => scalar(type, element)),
  ]);
}

const padding = (length: number, alignment: number) => Buffer.alloc((alignment - (length % alignment)) % alignment);

/** The bytes of the file. */
export function writeGguf(spec: GgufSpec): Buffer {
  const { tensors = [], alignment = 32, withData = true } = spec;
  const given = spec.metadata ?? {};
  const pairs: readonly (readonly [string, WritableValue])[] = Array.isArray(given) ? given : Object.entries(given);
  const infos: Buffer[] = [];
  const bodies: Buffer[] = [];
  let place = 0;
  for (const tensor of tensors) {
    const elements = tensor.dims.reduce<number>((product, dim) => product * Number(dim), 1);
    const size = tensor.data?.length ?? tensor.bytes ?? elements * 4;
    infos.push(
      string(tensor.name),
      u32(tensor.dims.length),
      ...tensor.dims.map(u64),
      u32(tensor.type ?? 0),
      u64(tensor.offset ?? place),
    );
    if (withData) bodies.push(Buffer.from(tensor.data ?? new Uint8Array(size)), padding(size, alignment));
    place += Math.ceil(size / alignment) * alignment;
  }
  const header = Buffer.concat([
    Buffer.from(spec.magic ?? "GGUF"),
    u32(spec.version ?? 3),
    u64(spec.tensorCount ?? tensors.length),
    u64(spec.keyCount ?? pairs.length),
    ...pairs.flatMap(([key, content]) => [string(key), value(content)]),
    ...infos,
  ]);
  return Buffer.concat([header, ...(tensors.length > 0 ? [padding(header.length, alignment)] : []), ...bodies]);
}
