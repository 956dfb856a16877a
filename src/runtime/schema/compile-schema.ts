// A schema of our own as a function. Those of strangers go to the checker's thread: their patterns may take for ever.
import { Ajv, type ValidateFunction } from "ajv";

/** @param schema of draft 7 */
export function compileSchema(schema: object): ValidateFunction {
  return new Ajv({ strict: false }).compile(schema);
}
