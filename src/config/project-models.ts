// The models that a project needs: the `models:` list of its oslm.yaml.
import { isOslmError, OslmError } from "../errors.js";
import type { Located, NamedFile } from "../model/located.js";
import { formatRef, type ModelRef, parseRef } from "../model/ref.js";

/** Longer than any address that was seen; shorter than what a sentence can show. */
const MAX_NAME = 500;

/**
 * The references of the list, each once, in its order; undefined where the file has no list.
 * @param hub address of the Hub in use @throws OslmError bad-policy with line, column and key
 */
export function readProjectModels(document: Located, source: NamedFile, hub?: string): readonly ModelRef[] | undefined {
  const list = document.kind === "map" ? document.entries.find(({ key }) => key === "models")?.value : undefined;
  if (list === undefined) return undefined;
  const fail = ({ line, column }: Located, key: string, problem: string): OslmError =>
    new OslmError("bad-policy", { ...source, line, column, key, problem });
  if (list.kind !== "list" || list.items.length === 0) throw fail(list, "models", "it must be a list of models");
  const refs = list.items.map((item, index) => {
    const key = `models[${index}]`;
    const name = item.kind === "value" ? item.value : undefined;
    if (typeof name !== "string" || name.length > MAX_NAME) throw fail(item, key, "it must be the name of a model");
    const ref = parsed(name, hub, (reason) => fail(item, key, `it is not a model reference: ${reason}`));
    if (ref.kind === "file") throw fail(item, key, "a file is on one disk only; name a repository or an address");
    return ref;
  });
  return [...new Map(refs.map((ref) => [formatRef(ref), ref])).values()];
}

function parsed(name: string, hub: string | undefined, fail: (reason: string) => OslmError): ModelRef {
  try {
    return parseRef(name, hub === undefined ? {} : { hub });
  } catch (error) {
    if (isOslmError(error, "invalid-reference")) throw fail(error.facts.reason);
    throw error;
  }
}
