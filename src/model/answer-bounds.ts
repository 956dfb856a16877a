// What the numbers that decide an answer may be, wherever they come from: a flag, /set, a line of a batch, a receipt, a model file.

export interface Bounds {
  /** Both are allowed themselves. */
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
}

export const ANSWER_BOUNDS = {
  temp: bounds(0, 5),
  topP: bounds(0, 1),
  topK: whole(0, 1_000_000),
  minP: bounds(0, 1),
  // Not 0: llama.cpp divides by it.
  repeatPenalty: bounds(0.01, 10),
  presencePenalty: bounds(-2, 2),
  frequencyPenalty: bounds(-2, 2),
  repeatLastN: whole(0, 65_536),
  seed: whole(0, 2 ** 32 - 1),
  maxTokens: whole(1, 2 ** 27),
};

export type AnswerNumber = keyof typeof ANSWER_BOUNDS;

/** Those that somebody has set. */
export type AnswerNumbers = { readonly [Name in AnswerNumber]?: number };

export function isWithin(value: unknown, { low, high, whole: only }: Bounds): value is number {
  return typeof value === "number" && value >= low && value <= high && (!only || Number.isInteger(value));
}

/** Such as "a whole number from 1 to 10". */
export function boundsText({ low, high, whole: only }: Bounds): string {
  return `a ${only ? "whole " : ""}number from ${low} to ${high}`;
}

function bounds(low: number, high: number): Bounds {
  return { low, high, whole: false };
}

function whole(low: number, high: number): Bounds {
  return { low, high, whole: true };
}
