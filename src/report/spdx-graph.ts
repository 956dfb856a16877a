// The elements of an SPDX 3 document, as JSON-LD has them: each once, under an address of the document's own.
// https://spdx.github.io/spdx-spec/v3.0.1/

/** The address of an element, or a name that the JSON-LD context gives to one. */
export type Iri = string;

export class SpdxGraph {
  readonly #elements = new Map<Iri, object>();

  /** @param base what the addresses of all elements begin with */
  constructor(private readonly base: string) {}

  /** All elements, in the order they were added. */
  get elements(): readonly object[] {
    return [...this.#elements.values()];
  }

  get iris(): readonly Iri[] {
    return [...this.#elements.keys()];
  }

  /** Adds an element, unless there is one of that name already. @param name of letters, digits, dots and dashes */
  add(type: string, name: string, fields: object): Iri {
    const spdxId = `${this.base}${name}`;
    if (!this.#elements.has(spdxId)) {
      this.#elements.set(spdxId, { type, spdxId, creationInfo: "_:creation", ...fields });
    }
    return spdxId;
  }

  /** Says how one element stands to others. */
  relate(from: Iri, relationshipType: string, to: readonly Iri[]): void {
    if (to.length === 0) return;
    this.add("Relationship", `relationship-${this.#elements.size}`, { from, relationshipType, to });
  }
}
