// The parts of a CycloneDX component that the library has no models of: https://cyclonedx.org/docs/1.6/json/
import { plain } from "../model/plain.js";
import type { ConvertedFrom } from "../model/types.js";
import type { ReportedModel } from "./reported.js";

/** `pedigree.notes`: what was done to the base models; empty where nothing is known. */
export function pedigreeNotes({ evidence, stored }: ReportedModel): string {
  const relation = evidence?.card.baseRelation;
  const parts = [
    stored === undefined || stored.quant === "unknown" ? "" : `GGUF file in ${stored.quant}.`,
    madeFrom(stored?.converted),
    relation === undefined ? "" : `Its relation to the base models, as the repository states it: ${relation}.`,
  ];
  return plain(parts.filter((part) => part !== "").join(" "));
}

function madeFrom(converted: ConvertedFrom | undefined): string {
  if (converted === undefined) return "";
  const { repo, commit, oslm, engine } = converted;
  return `Made here of the checkpoint of ${repo} at commit ${commit}, by oslm ${oslm} with llama.cpp ${engine}.`;
}

/** `modelCard`, as far as the header of the file tells. */
export function modelCard({ header, stored }: ReportedModel): { readonly modelCard?: object } {
  if (header === undefined) return {};
  const { architecture, context, parameters } = header;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["quantization", stored?.quant],
    ["context-length", String(context)],
    ["parameters", String(parameters)],
  ];
  return {
    modelCard: {
      modelParameters: { modelArchitecture: plain(architecture) },
      properties: facts.flatMap(([name, value]) =>
        value === undefined ? [] : { name: `oslm:model:${name}`, value: plain(value) },
      ),
    },
  };
}
