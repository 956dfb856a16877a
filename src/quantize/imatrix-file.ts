// An importance matrix from a file of this disk.
import { basename } from "node:path";
import { type Imatrix, readImatrix } from "./imatrix.js";
import { openSource } from "./open-source.js";

/** @throws OslmError bad-imatrix, and what the system says of a file that cannot be read */
export async function openImatrix(path: string): Promise<Imatrix> {
  const { source, close } = await openSource(path);
  return readImatrix(source, basename(path)).finally(close);
}
