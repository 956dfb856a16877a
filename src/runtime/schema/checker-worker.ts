// The thread in which answers are checked against a JSON Schema: a pattern in it may take for ever.
import { parentPort, workerData } from "node:worker_threads";
import { Ajv } from "ajv";
import { Ajv2019 } from "ajv/dist/2019.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** What came of compiling the schema, or of checking one text. */
export type CheckerReply =
  | { readonly is: "ready" }
  | { readonly is: "bad-schema"; readonly problem: string }
  | { readonly is: "valid"; readonly value: unknown }
  | { readonly is: "invalid"; readonly at: string; readonly problem: string };

const say = (reply: CheckerReply): void => parentPort?.postMessage(reply);

/** What ajv only warns of where keywords that nobody knows are let pass: a format without a check would hold nothing. */
function warn(message: string): void {
  if (message.startsWith("unknown format")) throw new Error(message.replace(" ignored in schema", ""));
}

const OPTIONS = { strict: false, logger: { log() {}, warn, error() {} } } as const;

/** By the draft that the schema names; the newest where it names none. */
function compile(schema: unknown) {
  const draft = typeof schema === "object" && schema !== null && "$schema" in schema ? String(schema.$schema) : "";
  const kind = /draft-0[67]/.test(draft) ? Ajv : /2019-09/.test(draft) ? Ajv2019 : Ajv2020;
  return addFormats.default(new kind(OPTIONS)).compile(schema as object);
}

try {
  const validate = compile((workerData as { schema: unknown }).schema);
  parentPort?.on("message", (text: string) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      say({ is: "invalid", at: "", problem: `it is no JSON: ${error instanceof Error ? error.message : error}` });
      return;
    }
    try {
      const result: unknown = validate(value);
      const fault = validate.errors?.[0];
      if (result === true) say({ is: "valid", value });
      else if (result !== false) say({ is: "bad-schema", problem: "$async is not known here" });
      else say({ is: "invalid", at: fault?.instancePath ?? "", problem: fault?.message ?? "it does not satisfy it" });
    } catch (error) {
      say({ is: "bad-schema", problem: error instanceof Error ? error.message : String(error) });
    }
  });
  say({ is: "ready" });
} catch (error) {
  say({ is: "bad-schema", problem: error instanceof Error ? error.message : String(error) });
}
