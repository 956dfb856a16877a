// What an answer must be: JSON, JSON of a schema, or text of a grammar. The grammar guides the model, the check has the last
// word.
import { OslmError } from "../../errors.js";
import type { Grammar } from "../../runtime/engine.js";
import { grammarFault } from "../../runtime/schema/grammar-fault.js";
import { readSchema } from "../../runtime/schema/read-schema.js";
import { SchemaChecker } from "../../runtime/schema/schema-checker.js";
import { schemaToGrammar } from "../../runtime/schema/schema-to-grammar.js";
import type { World } from "../world.js";
import type { Session } from "./session.js";

export type ConstraintSource =
  | { readonly kind: "json" }
  /** `file` is for messages. */
  | { readonly kind: "schema" | "grammar"; readonly file: string; readonly text: string };

/** What is wrong with an answer; `at` is a JSON pointer into it. */
export interface Fault {
  readonly at: string;
  readonly problem: string;
}

export interface Constraint {
  readonly source: ConstraintSource;
  /** As messages name it. */
  readonly wanted: string;
  readonly grammar: Grammar;
  /** The value of a right answer, the text itself where it is not JSON; or what is wrong. @throws OslmError bad-schema */
  check(answer: string, session: Pick<Session, "follows">): Promise<{ readonly value: unknown } | Fault>;
  dispose(): Promise<void>;
}

const MAX_GRAMMAR_CHARS = 1_000_000;

/** Refuses what cannot be used before anything is loaded. @throws OslmError bad-schema, bad-grammar */
export async function openConstraint(world: World, source: ConstraintSource): Promise<Constraint> {
  if (source.kind === "grammar") return grammarConstraint(world, source);
  const file = source.kind === "json" ? "--format json" : source.file;
  const schema = source.kind === "json" ? { type: "object" } : readSchema(source.text, file);
  const checker = new SchemaChecker(schema, file);
  try {
    const grammar = { gbnf: schemaToGrammar(schema, file), root: "root" };
    await checker.ready();
    return {
      source,
      wanted: file,
      grammar,
      async check(answer) {
        const { is: _, ...verdict } = await checker.check(answer);
        return verdict;
      },
      dispose: () => checker.dispose(),
    };
  } catch (error) {
    await checker.dispose();
    throw error;
  }
}

async function grammarConstraint(
  world: World,
  source: Extract<ConstraintSource, { readonly file: string }>,
): Promise<Constraint> {
  const { file, text } = source;
  const tooLong = { line: 0, column: 0, problem: "it is longer than a million characters" };
  const fault =
    text.length > MAX_GRAMMAR_CHARS
      ? tooLong
      : (grammarFault(text) ?? (await (await world.engine()).tryGrammar(text, world.signal)));
  if (fault !== undefined) throw new OslmError("bad-grammar", { file, ...fault });
  const grammar = { gbnf: text, root: "root" };
  return {
    source,
    wanted: file,
    grammar,
    async check(answer, session) {
      // Thinking leaves line breaks before the answer.
      if (session.follows(grammar, answer) || session.follows(grammar, answer.trimStart())) return { value: answer };
      return { at: "", problem: "it is not what the grammar describes" };
    },
    dispose: async () => {},
  };
}
