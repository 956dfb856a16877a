// Typed access to the `<architecture>.*` keys of a header; a value of the wrong kind is a malformed file.
import { OslmError } from "../errors.js";
import { type GgufMetadata, isSkipped, type MetadataValue } from "./values.js";

export class ArchitectureKeys {
  constructor(
    readonly header: GgufMetadata,
    readonly architecture: string,
  ) {}

  fail(reason: string): never {
    throw new OslmError("malformed-gguf", { file: this.header.name, reason });
  }

  get(key: string): MetadataValue | undefined {
    return this.header.metadata.get(`${this.architecture}.${key}`);
  }

  #whole(key: string, value: MetadataValue | undefined): number {
    if (value === true) return 1;
    if (value === false) return 0;
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    this.fail(`${this.architecture}.${key} is not a whole number of 0 or more`);
  }

  /** Undefined when the key is absent. */
  integer(key: string): number | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : this.#whole(key, value);
  }

  required(key: string): number {
    return this.integer(key) ?? this.fail(`the key ${this.architecture}.${key} is missing`);
  }

  text(key: string): string | undefined {
    const value = this.get(key);
    return typeof value === "string" ? value : undefined;
  }

  /** One number for each of `layers`: the file gives one for all, or an array of exactly that many (llama.cpp `get_key_or_arr`). */
  perLayer(key: string, layers: number): readonly number[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (isSkipped(value) || (Array.isArray(value) && value.length !== layers)) {
      const length = isSkipped(value) ? value.length : (value as readonly unknown[]).length;
      this.fail(`${this.architecture}.${key} has ${length} entries for ${layers} layers`);
    }
    if (Array.isArray(value)) return value.map((entry) => this.#whole(key, entry));
    return new Array<number>(layers).fill(this.#whole(key, value));
  }
}
