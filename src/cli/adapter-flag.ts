// The value of --lora: a file, and after a colon how much of it.
import { InvalidArgumentError } from "commander";
import type { AdapterFile } from "../runtime/engine.js";

const SCALED = /^(.+):(-?(?:\d+\.?\d*|\.\d+))$/;

/** Collects a repeatable flag; without a scale it is 1. */
export function adapter(text: string, before: readonly AdapterFile[] = []): AdapterFile[] {
  const [, path = text, scale = "1"] = SCALED.exec(text) ?? [];
  if (path === "") throw new InvalidArgumentError("It must be a file, or FILE:SCALE.");
  if (Math.abs(Number(scale)) > 100) throw new InvalidArgumentError("The scale must be from -100 to 100.");
  return [...before, { path, scale: Number(scale) }];
}
