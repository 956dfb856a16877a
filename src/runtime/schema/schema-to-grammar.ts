// A JSON Schema as a GBNF grammar. What the grammar cannot say it leaves open, and the check of the result catches it:
// pattern, most formats, multipleOf, not, if, uniqueItems, contains, bounds of wide numbers, that exactly one of oneOf holds.
//
// Of our own, because llama.cpp's converter and node-llama-cpp's drop `anyOf` and `pattern` without a word
// (`{anyOf: [string, null]}` becomes a grammar that only knows null), and nothing then checks the result.
import { OslmError } from "../../errors.js";
import { JSON_RULES, jsonLiteral, repeats } from "./json-rules.js";
import { mergeSchemas } from "./merge-schemas.js";
import { isObject, type SchemaObject } from "./read-schema.js";
import { ANNOTATIONS, bound, count, impliedType, isNatural, pureRef } from "./schema-keywords.js";
import { escaped, targetOf } from "./schema-pointer.js";

/** Of rules and of schemas visited: references can multiply what a short file says. */
const MAX_WORK = 20_000;
/** Wider ranges of integers are left to the check of the result. */
const MAX_RANGE = 1000;

/** @param file for messages @throws OslmError bad-schema where nothing can satisfy it, or it expands without end */
export function schemaToGrammar(schema: SchemaObject | boolean, file: string): string {
  return new Converter(schema, file).grammar();
}

/** References followed since the last bracket; one of them again would lead nowhere. */
type Followed = ReadonlySet<string>;
const NONE: Followed = new Set();

class Converter {
  readonly #rules = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #refs = new Map<string, string>();
  #work = 0;

  constructor(
    private readonly schema: SchemaObject | boolean,
    private readonly file: string,
  ) {}

  grammar(): string {
    const root = this.#value(this.schema, "", NONE);
    const rules = [["root", root], ...this.#rules, ...Object.entries(JSON_RULES)];
    return `${rules.map(([name, body]) => `${name} ::= ${body}`).join("\n")}\n`;
  }

  /** A rule name that stands for one value. */
  #value(schema: unknown, at: string, followed: Followed): string {
    if (++this.#work > MAX_WORK) throw this.#bad(at, `it expands to more than ${MAX_WORK} rules`);
    if (schema === true || schema === undefined) return "value";
    if (schema === false) throw this.#bad(at, "nothing satisfies false");
    if (!isObject(schema)) throw this.#bad(at, "a schema is an object, true or false");
    const ref = pureRef(schema);
    if (ref !== undefined) return this.#ref(ref, at, followed);
    return this.#plain(this.#merged(schema, at, followed), at, followed);
  }

  #plain(schema: SchemaObject, at: string, followed: Followed): string {
    if ("const" in schema) return this.#rule(jsonLiteral(schema.const));
    if (Array.isArray(schema.enum)) {
      if (schema.enum.length === 0) throw this.#bad(at, "its enum is empty");
      return this.#rule(schema.enum.map(jsonLiteral).join(" | "));
    }
    for (const keyword of ["anyOf", "oneOf"]) {
      const { [keyword]: branches, ...rest } = schema;
      if (!Array.isArray(branches)) continue;
      const possible = branches.filter((branch) => branch !== false);
      if (possible.length === 0) throw this.#bad(at, `nothing satisfies its ${keyword}`);
      const bare = Object.keys(rest).every((key) => ANNOTATIONS.has(key));
      const each = possible.map((branch: unknown, index) =>
        this.#value(bare ? branch : { allOf: [rest, branch] }, `${at}/${keyword}/${index}`, followed),
      );
      return this.#rule([...new Set(each)].join(" | "));
    }
    if (Array.isArray(schema.type)) {
      const each = schema.type.map((type: unknown) => this.#typed(type, schema, at));
      if (each.length === 0) throw this.#bad(at, "its type is empty");
      return this.#rule(each.join(" | "));
    }
    return this.#typed(schema.type ?? impliedType(schema), schema, at);
  }

  #typed(type: unknown, schema: SchemaObject, at: string): string {
    switch (type) {
      case undefined:
        return "value";
      case "object":
        return this.#object(schema, at);
      case "array":
        return this.#array(schema, at);
      case "string":
        return this.#string(schema);
      case "integer":
        return this.#integer(schema, at);
      case "number":
        return isNatural(schema) ? this.#rule("natural fraction") : "number";
      case "boolean":
      case "null":
        return type;
      default:
        throw this.#bad(at, `there is no type ${JSON.stringify(type)}`);
    }
  }

  #string({ format, minLength, maxLength, pattern }: SchemaObject): string {
    if (format === "date" || format === "time" || format === "uuid") return this.#rule(`"\\"" ${format} "\\""`);
    if (format === "date-time") return this.#rule('"\\"" date "T" time "\\""');
    const [least, most] = [count(minLength), count(maxLength)];
    // A pattern has a length of its own.
    if (pattern !== undefined || (least === undefined && most === undefined)) return "string";
    return this.#rule(`"\\"" char${repeats(least ?? 0, most)} "\\""`);
  }

  #integer(schema: SchemaObject, at: string): string {
    const low = bound(schema.minimum, schema.exclusiveMinimum, 1);
    const high = bound(schema.maximum, schema.exclusiveMaximum, -1);
    if (low !== undefined && high !== undefined) {
      if (low > high) throw this.#bad(at, `no integer lies between ${low} and ${high}`);
      if (high - low < MAX_RANGE) {
        return this.#rule(Array.from({ length: high - low + 1 }, (_, index) => jsonLiteral(low + index)).join(" | "));
      }
    }
    return isNatural(schema) ? "natural" : "integer";
  }

  /** Members in the order of the schema. Others only where it says so: small models would invent them without end. */
  #object(schema: SchemaObject, at: string): string {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const required = new Set(Array.isArray(schema.required) ? schema.required.filter(isString) : []);
    const named = [...new Set([...Object.keys(properties), ...required])].filter(
      (name) => properties[name] !== false || required.has(name),
    );
    const others = this.#others(schema, named.length, at);
    if (others === "value" && named.length === 0 && !("minProperties" in schema)) return "object";
    const pair = others && this.#rule(`string colon ${others}`);
    const least = Math.max(0, (count(schema.minProperties) ?? 0) - named.length);
    const most = named.length > 0 ? undefined : count(schema.maxProperties);
    let rest = pair ? `( comma ${pair} )${repeats(least, most)}` : "";
    let first = pair ? this.#list(pair, least, most) : "";
    for (const name of named.reverse()) {
      const value = this.#value(properties[name], `${at}/properties/${escaped(name)}`, NONE);
      const member = `${jsonLiteral(name)} colon ${value}`;
      const after = rest === "" ? "" : ` ${this.#rule(rest)}`;
      first = required.has(name)
        ? `${member}${after}`
        : `( ${member}${after} | ${first === "" ? '""' : this.#rule(first)} )`;
      rest = required.has(name) ? `comma ${member}${after}` : `( comma ${member} )?${after}`;
    }
    return this.#rule(`"{" ws ${first} ws "}"`);
  }

  /** The rule of values whose names the schema does not give; undefined where there are to be none. */
  #others({ additionalProperties, patternProperties }: SchemaObject, named: number, at: string): string | undefined {
    if (isObject(additionalProperties)) return this.#value(additionalProperties, `${at}/additionalProperties`, NONE);
    if (additionalProperties === true) return "value";
    if (named > 0) return undefined;
    return additionalProperties === false && patternProperties === undefined ? undefined : "value";
  }

  #array(schema: SchemaObject, at: string): string {
    // Before 2020-12 a list under `items` was what `prefixItems` is now.
    const old = Array.isArray(schema.items);
    const prefix: readonly unknown[] = old
      ? (schema.items as unknown[])
      : Array.isArray(schema.prefixItems)
        ? schema.prefixItems
        : [];
    const items = old ? schema.additionalItems : schema.items;
    const [least, most] = [count(schema.minItems) ?? 0, count(schema.maxItems)];
    const first = prefix
      .slice(0, most)
      .map((one, index) => this.#value(one, `${at}/${old ? "items" : "prefixItems"}/${index}`, NONE));
    const item = items === false ? undefined : this.#value(items, `${at}/items`, NONE);
    const [low, high] = [Math.max(0, least - first.length), most === undefined ? undefined : most - first.length];
    if (first.length === 0) {
      const list = item === undefined || most === 0 ? "" : this.#list(item, least, most);
      return this.#rule(`"[" ws ${list} ws "]"`);
    }
    // Further items only where the schema asks for them.
    const wanted = item !== undefined && high !== 0 && (low > 0 || items !== undefined);
    const more = wanted ? ` ( comma ${item} )${repeats(low, items === undefined ? low : high)}` : "";
    return this.#rule(`"[" ws ${first.join(" comma ")}${more} ws "]"`);
  }

  #list(item: string, least: number, most: number | undefined): string {
    const list = `${item} ( comma ${item} )${repeats(least - 1, most === undefined ? undefined : most - 1)}`;
    return least > 0 ? list : `( ${list} )?`;
  }

  #ref(ref: string, at: string, followed: Followed): string {
    if (followed.has(ref)) throw this.#bad(at, `${ref} refers to itself without end`);
    const known = this.#refs.get(ref);
    if (known !== undefined) return known;
    const target = targetOf(this.schema, ref);
    // An anchor or an $id: what cannot be resolved at all is refused by the check.
    if (target === undefined) return "value";
    const name = `ref${this.#refs.size}`;
    // Known before it is walked, since what it holds may refer back to it.
    this.#refs.set(ref, name);
    this.#rules.set(name, this.#value(target, ref.slice(1), new Set([...followed, ref])));
    return name;
  }

  /** The schema with its allOf, and with what it refers to besides saying more, in one. */
  #merged(schema: SchemaObject, at: string, followed: Followed): SchemaObject {
    if (++this.#work > MAX_WORK) throw this.#bad(at, `it expands to more than ${MAX_WORK} rules`);
    const { allOf, $ref, ...own } = schema;
    let merged: SchemaObject = own;
    if (typeof $ref === "string") {
      if (followed.has($ref)) throw this.#bad(at, `${$ref} refers to itself without end`);
      const target = targetOf(this.schema, $ref);
      if (isObject(target)) merged = mergeSchemas(merged, this.#merged(target, at, new Set([...followed, $ref])));
    }
    for (const part of Array.isArray(allOf) ? allOf : []) {
      if (part === false) throw this.#bad(at, "nothing satisfies its allOf");
      if (isObject(part)) merged = mergeSchemas(merged, this.#merged(part, at, followed));
    }
    return merged;
  }

  #rule(body: string): string {
    const known = this.#names.get(body);
    if (known !== undefined) return known;
    const name = `r${this.#names.size}`;
    this.#names.set(body, name);
    this.#rules.set(name, body);
    return name;
  }

  #bad(at: string, problem: string): OslmError<"bad-schema"> {
    return new OslmError("bad-schema", { file: this.file, at, problem });
  }
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}
