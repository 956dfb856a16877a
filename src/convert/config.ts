// config.json as the architectures ask it: counts are counts, or the file is refused. Settings of models that see are below text_config.
import { OslmError } from "../errors.js";
import { isObject, type JsonObject, readJson } from "./read-json.js";

export const CONFIG_FILE = "config.json";

/** Far above every model: it bounds what a count makes us do. */
const MAX_COUNT = 2 ** 31 - 1;

export class Config {
  constructor(readonly values: JsonObject) {}

  /** The class of transformers that the checkpoint was made for. */
  get className(): string {
    const [name] = this.list("architectures") ?? [];
    return typeof name === "string" ? name : this.refuse("names no architecture");
  }

  /** The first of these keys that has a value. */
  any(...keys: readonly string[]): unknown {
    for (const key of keys) if (this.values[key] !== undefined && this.values[key] !== null) return this.values[key];
    return undefined;
  }

  /** A whole number of at least 1. */
  count(...keys: readonly string[]): number {
    return this.optionalCount(...keys) ?? this.refuse(`lacks ${keys.join(" or ")}`);
  }

  optionalCount(...keys: readonly string[]): number | undefined {
    const value = this.any(...keys);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_COUNT) return value;
    return this.refuse(`has no whole number above 0 for ${keys.join(" or ")}`);
  }

  number(...keys: readonly string[]): number {
    return this.optionalNumber(...keys) ?? this.refuse(`lacks ${keys.join(" or ")}`);
  }

  optionalNumber(...keys: readonly string[]): number | undefined {
    const value = this.any(...keys);
    if (value === undefined) return undefined;
    return typeof value === "number" && Number.isFinite(value)
      ? value
      : this.refuse(`has no number for ${keys.join(" or ")}`);
  }

  optionalText(...keys: readonly string[]): string | undefined {
    const value = this.any(...keys);
    return typeof value === "string" ? value : undefined;
  }

  flag(key: string): boolean {
    return this.values[key] === true;
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.values[key];
    return Array.isArray(value) ? value : undefined;
  }

  part(...keys: readonly string[]): Config | undefined {
    const value = this.any(...keys);
    return isObject(value) ? new Config(value) : undefined;
  }

  /** @param problem reads like `lacks hidden_size` */
  refuse(problem: string): never {
    throw new OslmError("malformed-checkpoint", { file: CONFIG_FILE, reason: `it ${problem}` });
  }
}

/** @throws OslmError malformed-checkpoint */
export function readConfig(bytes: Uint8Array | null): Config {
  if (bytes === null) throw new OslmError("malformed-checkpoint", { file: CONFIG_FILE, reason: "it is not there" });
  const values = readJson(CONFIG_FILE, bytes);
  const text = values.text_config;
  return new Config(isObject(text) ? { ...text, architectures: values.architectures } : values);
}
