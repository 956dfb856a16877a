import { OslmError } from "../../src/errors.js";

/** The OslmError that a promise or function fails with; anything else, success too, fails the test. */
export async function failureOf(run: Promise<unknown> | (() => unknown)): Promise<OslmError> {
  let value: unknown;
  try {
    value = await (typeof run === "function" ? run() : run);
  } catch (error) {
    if (error instanceof OslmError) return error;
    throw error;
  }
  throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
}
