// Answers: the form that is asked of them, and receipts.
import type { AnswerFacts } from "../../errors/answer.js";
import type { Entries } from "./entry.js";
import { list } from "./words.js";

export const answerReports: Entries<AnswerFacts> = {
  "bad-schema": (f) => [
    2,
    `${f.file} is not a usable JSON Schema`,
    `${f.at === "" ? "" : `At ${f.at}: `}${f.problem}.`,
    "docs/running.md says which keywords guide the answer, and which only check it",
  ],
  "bad-grammar": (f) => [
    2,
    `${f.file} is not a usable GBNF grammar`,
    `${f.line === 0 ? "" : `Line ${f.line}, column ${f.column}: `}${f.problem}.`,
    "https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md explains the language",
  ],
  "bad-result": (f) => [
    9,
    `the answer does not satisfy ${f.wanted}`,
    `${f.at === "" ? "" : `At ${f.at}: `}${f.problem}.`,
    f.help,
  ],
  "receipt-edited": (f) => [
    8,
    `${f.file} was changed after it was written`,
    `Its answer has the sha256 ${f.actual}, and outputSha256 says ${f.expected || "nothing"}.`,
    'oslm run MODEL "prompt" --receipt FILE   writes one anew',
  ],
  "replay-differs": (f) => [
    10,
    `the answer differs from character ${f.character} of the ${f.in} on`,
    `It was ${JSON.stringify(f.was)}, it is ${JSON.stringify(f.is)}.`,
    f.facts.length === 0
      ? "nothing that the receipt knows has changed; is it another processor?"
      : `the same ${list(
          f.facts.map(({ fact, was, is }) => `${fact} again (it was ${was}, it is ${is})`),
          4,
        )}`,
  ],
};
