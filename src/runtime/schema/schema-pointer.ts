// Places in a JSON Schema: `#/$defs/name`, as RFC 6901 writes them.

/** What `#/...` leads to in `schema`; undefined where nothing is there, and for other references. */
export function targetOf(schema: unknown, ref: string): unknown {
  if (ref !== "#" && !ref.startsWith("#/")) return undefined;
  let target = schema;
  for (const step of ref.split("/").slice(1)) {
    const key = decode(step);
    if (typeof target !== "object" || target === null || !Object.hasOwn(target, key)) return undefined;
    target = (target as Record<string, unknown>)[key];
  }
  return target;
}

/** A name as one step of a pointer. */
export function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function decode(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // Not encoded.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}
