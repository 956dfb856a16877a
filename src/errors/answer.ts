// Answers: the form that is asked of them, and receipts.

export interface AnswerFacts {
  /** A JSON Schema that cannot be used; `at` is a JSON pointer into it, empty for the whole. */
  "bad-schema": { file: string; at: string; problem: string };
  /** A GBNF grammar that cannot be used; line and column count from 1 and are 0 where the place is not known. */
  "bad-grammar": { file: string; line: number; column: number; problem: string };
  /** An answer that is not what --format, --schema or --grammar ask for; `at` is a JSON pointer into it. */
  "bad-result": {
    wanted: string;
    at: string;
    problem: string;
    /** The answer, or its beginning. */
    text: string;
    help: string;
  };
  /** A receipt whose answer is not the one that its hash is of. */
  "receipt-edited": { file: string; expected: string; actual: string };
  /** An answer that did not come again; `character` counts from 1 in the thinking or the text. */
  "replay-differs": {
    in: "thinking" | "text";
    character: number;
    was: string;
    is: string;
    facts: readonly { readonly fact: string; readonly was: string; readonly is: string }[];
  };
}
