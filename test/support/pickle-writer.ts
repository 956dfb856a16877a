// Writes pickles for tests, operation by operation: what torch.save writes for a tensor, and what nobody should.

export const op = (code: string, ...rest: readonly (Uint8Array | number)[]): Buffer =>
  Buffer.concat([
    Buffer.from(code, "latin1"),
    ...rest.map((part) => (typeof part === "number" ? Buffer.from([part]) : part)),
  ]);

export const text = (value: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(value));
  return op("X", length, Buffer.from(value));
};

export const global = (name: string): Buffer => {
  const dot = name.lastIndexOf(".");
  return Buffer.from(`c${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`);
};

export const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return op("\x8a\x08", bytes);
};

export const tuple = (...items: readonly Buffer[]): Buffer => Buffer.concat([op("("), ...items, op("t")]);
export const call = (name: string, ...given: readonly Buffer[]): Buffer =>
  Buffer.concat([global(name), tuple(...given), op("R")]);
export const dict = (pairs: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.concat([op("}("), ...Object.entries(pairs).flatMap(([key, value]) => [text(key), value]), op("u")]);
export const pickle = (...parts: readonly Buffer[]): Buffer => Buffer.concat([op("\x80\x02"), ...parts, op(".")]);

export const storage = (kind: string, key: string, elements: number): Buffer =>
  Buffer.concat([tuple(text("storage"), global(kind), text(key), text("cpu"), int(elements)), op("Q")]);

export const tensor = (
  from: Buffer,
  shape: readonly number[],
  strides: readonly number[],
  { offset = 0, type = undefined as string | undefined } = {},
): Buffer =>
  call(
    type === undefined ? "torch._utils._rebuild_tensor_v2" : "torch._utils._rebuild_tensor_v3",
    from,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    op("\x89"),
    call("collections.OrderedDict"),
    ...(type === undefined ? [] : [global(type)]),
  );
