// One file of torch.save: a zip file with a pickle that says what the tensors are, and their elements beside it.
import { OslmError } from "../../errors.js";
import type { ByteSource } from "../../gguf/source.js";
import type { CheckpointTensor } from "../checkpoint.js";
import { refusePointer } from "../lfs-pointer.js";
import { ELEMENT_BYTES } from "../stored-types.js";
import { gather, isContiguous } from "./gather.js";
import { AHEAD_BYTES, MAX_PICKLE_BYTES } from "./limits.js";
import { readPickle } from "./pickle.js";
import { ReadAhead } from "./read-ahead.js";
import { tensorsOf } from "./state-dict.js";
import type { TensorValue } from "./values.js";
import { Zip } from "./zip.js";
import type { ZipEntry } from "./zip-directory.js";

const ZIP = [0x50, 0x4b];
/** PROTO 2, LONG1 of 10 bytes: the magic number of files before PyTorch 1.6. */
const BEFORE_ZIP = [0x80, 0x02, 0x8a, 0x0a];

/**
 * The tensors of a file that torch.save has written, by name. `file` is its name, for messages.
 * @throws OslmError malformed-checkpoint for what is damaged, hostile or no such file; unsupported-checkpoint for the format
 * before PyTorch 1.6, TorchScript and big-endian numbers
 */
export async function readTorchFile(source: ByteSource, file: string): Promise<ReadonlyMap<string, CheckpointTensor>> {
  const refuse = (reason: string): never => {
    throw new OslmError("malformed-checkpoint", { file, reason });
  };
  await checkFormat(source, file);
  const zip = await Zip.open(source, file);
  const pickles = [...zip.entries.values()].filter(({ name }) => /^[^/]*\/?data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1) return refuse(`it has ${pickles.length} lists of tensors (data.pkl)`);
  const root = pickle.name.slice(0, -"data.pkl".length);
  await checkContents(zip, root, file);
  const saved = readPickle(await zip.whole(pickle, MAX_PICKLE_BYTES), file);
  const ahead = new ReadAhead(AHEAD_BYTES);
  const tensors = new Map<string, CheckpointTensor>();
  for (const [name, value] of tensorsOf(saved, refuse)) {
    tensors.set(name, toTensor(name, value, zip, storageOf(value, zip, root, refuse), ahead));
  }
  return tensors;
}

const starts = (bytes: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, at) => bytes[at] === byte);

const unsupported = (what: string): OslmError =>
  new OslmError("unsupported-checkpoint", { what, known: ["what torch.save has written since PyTorch 1.6"] });

async function checkFormat(source: ByteSource, file: string): Promise<void> {
  const head = await source.read(0, 512);
  if (starts(head, ZIP)) return;
  refusePointer(file, head);
  const tar = Buffer.from(head.subarray(257, 262)).toString("latin1") === "ustar";
  if (tar || starts(head, BEFORE_ZIP)) throw unsupported(`${file}, which has the format of PyTorch before 1.6`);
  throw new OslmError("malformed-checkpoint", { file, reason: "it is no file of torch.save" });
}

async function checkContents(zip: Zip, root: string, file: string): Promise<void> {
  if (zip.entries.has(`${root}constants.pkl`)) throw unsupported(`${file}, which is a program in TorchScript`);
  const order = zip.entries.get(`${root}byteorder`);
  if (order === undefined) return;
  const bytes = await zip.whole(order, 16);
  if (Buffer.from(bytes).toString("latin1") !== "little") throw unsupported(`${file}, whose numbers are big-endian`);
}

/** Where the elements of a tensor are: an entry that is as large as the pickle says. */
function storageOf(value: TensorValue, zip: Zip, root: string, refuse: (reason: string) => never): ZipEntry {
  const { key, type, elements } = value.storage;
  const entry = zip.entries.get(`${root}data/${key}`);
  if (entry === undefined) return refuse(`the storage ${key} is missing`);
  if (entry.compressed) return refuse(`the storage ${key} is compressed, as torch.save never writes it`);
  const bytes = elements * (type === undefined ? 1 : ELEMENT_BYTES[type]);
  return entry.size < bytes ? refuse(`the storage ${key} has ${entry.size} bytes instead of ${bytes}`) : entry;
}

function toTensor(name: string, value: TensorValue, zip: Zip, entry: ZipEntry, ahead: ReadAhead): CheckpointTensor {
  const { type, shape } = value;
  const layout = { offset: value.offset, shape, strides: value.strides, width: ELEMENT_BYTES[type] };
  const elements = shape.reduce((product, size) => product * size, 1);
  const storage = async (from: number, length: number): Promise<Uint8Array> => {
    const bytes = await zip.source.read((await zip.place(entry)) + from, length);
    if (bytes.length === length) return bytes;
    throw new OslmError("malformed-checkpoint", { file: zip.file, reason: `the file ends inside the tensor ${name}` });
  };
  const read = (from: number, count: number): Promise<Uint8Array> => gather(layout, storage, from, count);
  const inOrder = isContiguous(layout);
  return {
    name,
    type,
    shape,
    async read(from = 0, count = elements - from) {
      if (from < 0 || count < 0 || from + count > elements)
        throw new RangeError(`${name} has no elements ${from}+${count}`);
      return inOrder ? read(from, count) : ahead.get(value, layout.width, elements, read, from, count);
    },
  };
}
