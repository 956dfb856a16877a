// Pickles and zip files that want to be more than tensors: refused by name, nothing run, memory bounded.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTorchFile } from "../../../src/convert/torch/torch-file.js";
import { memorySource } from "../../../src/gguf/source.js";
import { failureOf } from "../../support/failure-of.js";
import { call, dict, global, int, op, pickle, storage, tensor, text, tuple } from "../../support/pickle-writer.js";
import { type WritableEntry, writeZip } from "../../support/zip-writer.js";

const FILE = "pytorch_model.bin";
const FLOATS = new Float32Array([1, 2, 3, 4, 5, 6]);
const BYTES = new Uint8Array(FLOATS.buffer);

const load = (zip: Uint8Array) => readTorchFile(memorySource(zip), FILE);
const archive = (data: Uint8Array, more: Partial<WritableEntry> = {}): Buffer =>
  writeZip([
    { name: "archive/data.pkl", data, ...more },
    { name: "archive/data/0", data: BYTES },
  ]);

async function reasonOf(zip: Uint8Array): Promise<string> {
  const failure = await failureOf(load(zip));
  expect(failure.code).toBe("malformed-checkpoint");
  const { file, reason } = failure.facts as { file: string; reason: string };
  expect(file).toBe(FILE);
  return reason;
}

const good = tensor(storage("torch.FloatStorage", "0", 6), [2, 3], [3, 1]);

/** Megabytes of memory that reading takes at its peak beyond what was in use before. */
async function growth(read: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss / 1024;
  const peak = process.resourceUsage().maxRSS;
  await read();
  const now = process.resourceUsage().maxRSS;
  return now > peak ? (now - before) / 1024 : 0;
}

describe("what Python's pickle wrote", () => {
  const cases = readFileSync(join(import.meta.dirname, "..", "..", "fixtures", "torch", "hostile.tsv"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t") as [string, string, string]);

  it.each(cases)("refuses %s by naming %s", async (_name, said, hex) => {
    expect(await reasonOf(archive(Buffer.from(hex, "hex")))).toContain(said);
    expect(existsSync("oslm-was-run")).toBe(false);
  });
});

describe("what was written by hand", () => {
  it("reads what it should, so that the refusals below mean something", async () => {
    const tensors = await load(archive(pickle(dict({ w: good }))));
    expect(Buffer.from((await tensors.get("w")?.read()) ?? []).equals(BYTES)).toBe(true);
    const bytes = tensor(storage("torch.storage.UntypedStorage", "0", 24), [4], [1], {
      type: "torch.float8_e4m3fn",
      offset: 20,
    });
    const small = (await load(archive(pickle(dict({ w: bytes }))))).get("w");
    expect([small?.type, small?.shape]).toEqual(["F8_E4M3", [4]]);
    expect(Buffer.from((await small?.read()) ?? []).equals(BYTES.subarray(20))).toBe(true);
    const parameter = call("torch._utils._rebuild_parameter", good, op("\x88"), call("collections.OrderedDict"));
    expect([...(await load(archive(pickle(dict({ w: parameter }))))).keys()]).toEqual(["w"]);
  });

  it.each<[string, string, Buffer]>([
    ["INST", "INST", op("(", text("true"), Buffer.from("iposix\nsystem\n"))],
    ["OBJ", "OBJ", op("(", global("collections.OrderedDict"), op("o"))],
    ["NEWOBJ", "NEWOBJ", op("", global("collections.OrderedDict"), op(")\x81"))],
    ["NEWOBJ_EX", "NEWOBJ_EX", op("", global("collections.OrderedDict"), op(")}\x92"))],
    ["EXT2", "EXT2", op("\x83\x01\x00")],
    ["EXT4", "EXT4", op("\x84\x01\x00\x00\x00")],
    ["STACK_GLOBAL", "STACK_GLOBAL", op("", text("os"), text("system"), op("\x93"))],
    ["PERSID", "PERSID", Buffer.from("Pabc\n")],
    ["POP", "POP", op("NN0")],
    ["DUP", "DUP", op("N2")],
    ["an unknown operation", "0xff", op("\xff")],
    [
      "a persistent identifier that is no storage",
      "something else than a storage",
      op("", tuple(text("file"), text("/etc")), op("Q")),
    ],
    ["a storage of no known kind", "something else than a storage", storage("torch.float32", "0", 6)],
    ["a storage in another folder", "has no name", storage("torch.FloatStorage", "../../x", 6)],
    ["a storage that is missing", "storage 7 is missing", tensor(storage("torch.FloatStorage", "7", 6), [6], [1])],
    ["a storage that is shorter", "24 bytes instead of 28", tensor(storage("torch.FloatStorage", "0", 7), [7], [1])],
    ["a call of a type", "calls torch.float32", call("torch.float32")],
    ["a call of a text", "calls what is no function", op("", text("eval"), op(")R"))],
    ["a call without arguments", "without a list", op("", global("collections.OrderedDict"), op("NR"))],
    ["a state for a tensor", "BUILD", op("", good, op("}b"))],
    ["a state for a list", "BUILD", op("]}b")],
    ["a state for what is stored", "BUILD", op("}q\x01\x85", op("h\x01}b"))],
    ["a state that is a text", "BUILD", op("}", text("__class__"), op("b"))],
    ["an item for a tensor", "SETITEM", op("", good, op("NNs"))],
    ["an item for what is stored", "SETITEM", op("}q\x01\x85", op("h\x01NNs"))],
    ["a value for a list that is stored", "APPEND", op("]q\x01\x85", op("h\x01Na"))],
    ["a key without a value", "SETITEMS", op("}(Nu")],
    ["something not remembered", "LONG_BINGET", op("j\xff\xff\xff\x7f")],
    ["values below a mark", "TUPLE2", op("NN(\x86")],
    ["a text of 4 GB", "BINUNICODE", op("X\xff\xff\xff\xff")],
    ["a name without an end", "GLOBAL", op("c", Buffer.alloc(100_000, 0x61))],
    [
      "a shape of nine dimensions",
      "9 dimensions",
      tensor(storage("torch.FloatStorage", "0", 6), Array(9).fill(1), Array(9).fill(1)),
    ],
    ["a negative size", "no usable shape", tensor(storage("torch.FloatStorage", "0", 6), [-1], [1])],
    ["a negative stride", "no usable shape", tensor(storage("torch.FloatStorage", "0", 6), [2], [-1], { offset: 5 })],
    ["fewer strides", "no usable shape", tensor(storage("torch.FloatStorage", "0", 6), [2, 3], [1])],
    [
      "elements beyond the storage",
      "beyond its storage of 6",
      tensor(storage("torch.FloatStorage", "0", 6), [2, 3], [4, 1]),
    ],
    [
      "an offset beyond the storage",
      "beyond its storage of 6",
      tensor(storage("torch.FloatStorage", "0", 6), [2], [1], { offset: 5 }),
    ],
    [
      "sizes that overflow",
      "beyond its storage",
      tensor(storage("torch.FloatStorage", "0", 6), Array(8).fill(2 ** 52), Array(8).fill(2 ** 52)),
    ],
    ["one element as a billion", "repeats 6 elements", tensor(storage("torch.FloatStorage", "0", 6), [1e9], [0])],
    ["bytes without a type", "does not say", tensor(storage("torch.UntypedStorage", "0", 24), [6], [1])],
    ["a parameter of a text", "is no tensor", call("torch._utils._rebuild_parameter", text("x"))],
  ])("refuses %s by naming %s", async (_name, said, value) => {
    expect(await reasonOf(archive(pickle(dict({ w: value }))))).toContain(said);
  });

  it.each<[string, string, Buffer]>([
    ["no tensors", "no tensors by name", pickle(dict({ w: int(1) }))],
    ["a tensor alone", "no tensors by name", pickle(good)],
    ["a tensor twice", '"w" is there twice', pickle(op("}(", text("w"), good, text("w"), good, op("u")))],
    ["a tensor by number", "a tensor has no name", pickle(op("}(", int(1), good, op("u")))],
    ["no end", "cut off", pickle(dict({ w: good })).subarray(0, -1)],
    ["nothing", "cut off", Buffer.alloc(0)],
    ["no mark", "no mark (TUPLE,", pickle(op("Nt"))],
    ["an empty stack", "stack is empty (TUPLE3,", pickle(op("NN\x87"))],
    ["more than one value", "ends too early", pickle(op("NN"))],
    ["an open mark", "its stack is empty", pickle(op("N("))],
    [
      "other wrappers within wrappers",
      "no tensors by name",
      pickle(...Array(9).fill(op("}", text("model"))), op("N"), ...Array(9).fill(op("s"))),
    ],
  ])("refuses %s", async (_name, said, data) => {
    expect(await reasonOf(archive(data))).toContain(said);
  });

  it("is bounded in values, objects and memory", async () => {
    const million = (part: string, times: number) => Buffer.from(part.repeat(times), "latin1");
    const cases: readonly [string, Buffer][] = [
      ["piles up more than 65536", pickle(op("("), million("N", 24_000_000 - 10), op("t"))],
      ["sets more than 65536 marks", pickle(million("(", 20_000_000))],
      ["makes more than 1000000 objects", pickle(op("]"), million("}a", 10_000_000))],
      ["makes more than 1000000 objects", pickle(op("]"), million("X\x01\0\0\0xa", 3_000_000))],
      ["takes 25165825 bytes", Buffer.alloc(24 * 2 ** 20 + 1)],
      // Each tuple holds the last one twice: 2^60 leaves, if somebody walked them.
      ["no tensors by name", pickle(op(")q\x00"), million("h\x00\x86q\x00", 60))],
    ];
    for (const [said, data] of cases) {
      const zip = archive(data);
      const grown = await growth(async () => expect(await reasonOf(zip)).toContain(said));
      expect(grown, said).toBeLessThan(300);
    }
  });
});

describe("zip files that lie", () => {
  const entry = { name: "a/data.pkl", data: pickle(dict({ w: good })) };
  const zeros = { name: "a/data/0", data: BYTES };
  const bomb = Buffer.alloc(2 ** 28);

  it("reads 64-bit sizes, a comment, and a compressed list of tensors", async () => {
    for (const zip of [
      writeZip([
        { ...entry, wide: true },
        { ...zeros, wide: true },
      ]),
      writeZip([entry, zeros], { wide: true }),
      writeZip([entry, zeros], { comment: "PK\x05\x06 and so on" }),
      writeZip([{ ...entry, deflate: true }, zeros]),
    ]) {
      expect(Buffer.from((await (await load(zip)).get("w")?.read()) ?? []).equals(BYTES)).toBe(true);
    }
  });

  it.each<[string, string, Buffer]>([
    ["a bomb", "at most 25165824 are read", writeZip([{ ...entry, data: bomb, deflate: true }, zeros])],
    [
      "a bomb that says to be small",
      "cannot be inflated to the 100 bytes",
      writeZip([{ ...entry, data: bomb, deflate: true, size: 100 }, zeros]),
    ],
    ["less than is said", "has not the size", writeZip([{ ...entry, deflate: true, size: 10_000 }, zeros])],
    ["what cannot be inflated", "cannot be inflated", writeZip([{ ...entry, method: 8 }, zeros])],
    ["compressed elements", "storage 0 is compressed", writeZip([entry, { ...zeros, deflate: true }])],
    ["entries at one place", "overlaps", writeZip([entry, { ...zeros, offset: 0 }])],
    ["an entry within another", "overlaps", writeZip([entry, { ...zeros, offset: 40 }])],
    ["an entry into the directory", "overlaps", writeZip([entry, { ...zeros, size: 2000, packed: 2000 }])],
    ["a name twice", "is there twice", writeZip([entry, entry, zeros])],
    [
      "another name in the header",
      "another name in its own header",
      writeZip([{ ...entry, localName: "a/data.pkX" }, zeros]),
    ],
    ["a header that moves its bytes", "overlaps", writeZip([{ ...entry, moreExtra: 500 }, zeros])],
    ["two sizes", "two sizes", writeZip([{ ...entry, size: 5 }, zeros])],
    ["encryption", "encrypted", writeZip([{ ...entry, flags: 1 }, zeros])],
    ["another compression", "by method 12", writeZip([{ ...entry, method: 12 }, zeros])],
    ["../", "leads out", writeZip([entry, zeros, { name: "a/../../etc/passwd", data: BYTES }])],
    ["an absolute name", "leads out", writeZip([entry, zeros, { name: "/etc/passwd", data: BYTES }])],
    ["a Windows name", "leads out", writeZip([entry, zeros, { name: "..\\x", data: BYTES }])],
    ["two lists of tensors", "2 lists", writeZip([entry, { ...entry, name: "b/data.pkl" }, zeros])],
    ["no list of tensors", "0 lists", writeZip([zeros])],
    ["more entries than there are", "directory is cut off", writeZip([entry, zeros], { entries: 3 })],
    ["very many entries", "at most 131072", writeZip([entry, zeros], { entries: 1e9, wide: true })],
    ["no directory", "directory is missing", writeZip([entry, zeros]).subarray(0, -22)],
    ["an entry with no header", "has no header", writeZip([{ ...entry, offset: 4 }, zeros])],
  ])("refuses %s by saying %s", async (_name, said, zip) => {
    const grown = await growth(async () => expect(await reasonOf(zip)).toContain(said));
    expect(grown).toBeLessThan(100);
  });

  it("refuses a file cut off at any byte", async () => {
    const whole = writeZip([entry, zeros]);
    for (let length = 0; length < whole.length; length++)
      expect((await failureOf(load(whole.subarray(0, length)))).code).toBe("malformed-checkpoint");
  });

  it("survives any byte changed, with tensors of the same file or a refusal", async () => {
    const whole = writeZip([entry, zeros]);
    for (let at = 0; at < whole.length; at++) {
      for (const change of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ change;
        const read = load(changed).then(async (tensors) => {
          for (const each of tensors.values()) expect((await each.read()).length).toBeLessThanOrEqual(24);
          return undefined;
        });
        const failure = await read.catch((error: unknown) => error);
        if (failure !== undefined) {
          expect((failure as { code?: string }).code, `byte ${at}: ${failure}`).toMatch(
            /^(malformed|unsupported)-checkpoint$/,
          );
        }
      }
    }
  });
});
