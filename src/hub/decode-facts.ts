// What a model card says of the model besides its license, as the Hub has read it: plain text in reasonable amounts. What makes no sense is
// left out.
import { plain } from "../model/plain.js";

/** One figure of the card's `model-index`: claimed by the publisher. */
export interface Benchmark {
  /** Of the benchmark, such as `MMLU`. */
  readonly dataset: string;
  readonly metric: string;
  readonly value: number | string;
  /** Whether the Hub calls it verified. */
  readonly verified: boolean;
}

export interface CardFacts {
  readonly languages: readonly string[];
  /** What the card names as training data. */
  readonly datasets: readonly string[];
  readonly benchmarks: readonly Benchmark[];
}

const MOST_NAMES = 200;
const MOST_BENCHMARKS = 200;
const MAX_LENGTH = 200;

/** @param entry a model's JSON as the Hub's info has it: the fields `cardData` and `model-index` of it */
export function decodeFacts(entry: Readonly<Record<string, unknown>>): CardFacts {
  const card = fieldsOf(entry.cardData);
  const index = entry["model-index"] ?? card["model-index"];
  return {
    languages: textsOf(card.language),
    datasets: textsOf(card.datasets),
    benchmarks: listOf(index).flatMap(resultsOf).flatMap(benchmarksOf).slice(0, MOST_BENCHMARKS),
  };
}

function resultsOf(model: unknown): readonly unknown[] {
  return listOf(fieldsOf(model).results);
}

function benchmarksOf(result: unknown): readonly Benchmark[] {
  const { dataset, task, metrics } = fieldsOf(result);
  const [name] = [fieldsOf(dataset).name, fieldsOf(dataset).type, fieldsOf(task).name].flatMap(textsOf);
  return listOf(metrics).flatMap((metric) => {
    const { name: own, type, value, verified } = fieldsOf(metric);
    const [label] = [own, type].flatMap(textsOf);
    const figure = typeof value === "number" && Number.isFinite(value) ? value : textsOf(value)[0];
    if (name === undefined || label === undefined || figure === undefined) return [];
    return [{ dataset: name, metric: label, value: figure, verified: verified === true }];
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, MOST_BENCHMARKS) : [];
}

/** One text or several; people write both in model cards. */
function textsOf(value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value.slice(0, MOST_NAMES) : [value];
  return list.flatMap((one) => {
    const text = typeof one === "string" ? plain(one).slice(0, MAX_LENGTH) : "";
    return text === "" ? [] : [text];
  });
}
