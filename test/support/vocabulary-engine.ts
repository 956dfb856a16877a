// The engine with a vocabulary and nothing else: what its tokenizer makes of texts. The library without node-llama-cpp around
// it, which takes seconds to start.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MetadataPair, writeHeader } from "../../src/gguf/write-header.js";
import { type Addon, startAddon } from "../../src/runtime/llama/bare-addon.js";
import { EngineLog } from "../../src/runtime/llama/engine-log.js";

/** Of AddonModel in AddonTypes.d.ts of node-llama-cpp. */
interface NativeVocabulary {
  init(): Promise<boolean>;
  dispose(): Promise<void>;
  tokenize(text: string, special: boolean): Uint32Array;
  detokenize(tokens: Uint32Array, special: boolean): string;
  /** As it stands in the vocabulary. */
  getTokenString(id: number): string;
  tokenBos(): number;
  tokenEos(): number;
  eotToken(): number;
  isEogToken(id: number): boolean;
  shouldPrependBosToken(): boolean;
  shouldAppendEosToken(): boolean;
}

export interface LoadedVocabulary extends Omit<NativeVocabulary, "init" | "dispose" | "tokenize" | "detokenize"> {
  /** Special tokens stay text unless `special`. */
  tokenize(text: string, special?: boolean): number[];
  /** What one token stands for. */
  piece(id: number): string;
}

const ARCHITECTURE: MetadataPair = ["general.architecture", { type: "string", value: "llama" }];
let started: Promise<Addon> | undefined;
const log = new EngineLog();

/** Loads the vocabulary and calls `use`. */
export async function withVocabulary<T>(
  pairs: readonly MetadataPair[],
  use: (vocabulary: LoadedVocabulary) => T,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "oslm-vocabulary-"));
  try {
    const path = join(folder, "vocabulary.gguf");
    await writeFile(path, writeHeader([ARCHITECTURE, ...pairs], []).bytes);
    return await withVocabularyFile(path, use);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same with a file that there is. */
export async function withVocabularyFile<T>(path: string, use: (vocabulary: LoadedVocabulary) => T): Promise<T> {
  started ??= startAddon(log);
  const addon = await started;
  const options = { addonExports: addon, vocabOnly: true, gpuLayers: 0 };
  const model = new addon.AddonModel(path, options) as unknown as NativeVocabulary;
  if (!(await model.init())) throw new Error(log.reason());
  try {
    return use({
      tokenize: (text, special = false) => [...model.tokenize(text, special)],
      piece: (id) => model.detokenize(Uint32Array.of(id), true),
      getTokenString: (id) => model.getTokenString(id),
      tokenBos: () => model.tokenBos(),
      tokenEos: () => model.tokenEos(),
      eotToken: () => model.eotToken(),
      isEogToken: (id) => model.isEogToken(id),
      shouldPrependBosToken: () => model.shouldPrependBosToken(),
      shouldAppendEosToken: () => model.shouldAppendEosToken(),
    });
  } finally {
    await model.dispose();
  }
}
