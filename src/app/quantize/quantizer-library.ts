// The library that quantizes.
import { OslmError } from "../../errors.js";
import { type NativeLibraries, nativeLibraries } from "../../runtime/llama/native-libraries.js";

/** @throws OslmError no-quantizer */
export function quantizerLibrary(): NativeLibraries {
  const libraries = nativeLibraries();
  if (libraries !== undefined) return libraries;
  const platform = `${process.platform}-${process.arch}`;
  throw new OslmError("no-quantizer", { platform, reason: "it was not found among the installed packages" });
}
