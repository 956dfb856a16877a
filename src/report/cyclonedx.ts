// The report as a CycloneDX 1.6 ML-BOM in JSON, for programs that keep inventories of components.
//
// The library's models have neither pedigree nor modelCard (10.3.0): `cyclonedx-extras.ts` puts them into what it has
// made. In 1.6 `licenses` is a list of licenses or a single expression; declared and concluded need two, so it is a list,
// and the expression is a property.
import type { Models } from "@cyclonedx/cyclonedx-library";
import { joinIds } from "../license/catalogue.js";
import { detectLicense } from "../license/detect.js";
import { placedTexts } from "../license/license-texts.js";
import { plain } from "../model/plain.js";
import { fileUrl, isAddress, packageUrl } from "./addresses.js";
import { contentUuid } from "./content-uuid.js";
import { modelCard, pedigreeNotes } from "./cyclonedx-extras.js";
import { type Library, namedChoices } from "./cyclonedx-licenses.js";
import { propertiesOf } from "./license-properties.js";
import type { ReportedModel, ReportFrame } from "./reported.js";

/** The document; the serial number is made of its content. */
export async function renderCycloneDx(models: readonly ReportedModel[], frame: ReportFrame): Promise<string> {
  const library = await import("@cyclonedx/cyclonedx-library");
  const { Enums, Models, Serialize, Spec } = library;
  const bom = new Models.Bom();
  bom.metadata.timestamp = frame.at;
  const oslm = new Models.Component(Enums.ComponentType.Application, "oslm", { version: frame.version });
  bom.metadata.tools.components.add(oslm);
  const ids = new Set<string>();
  const parts = models.map((model) => ({ model, component: componentOf(library, model, frame, ids) }));
  for (const { component } of parts) bom.components.add(component);
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const options = { sortLists: false };
  const document = factory.makeForBom().normalize(bom, options);
  const normalize = factory.makeForComponent();
  const components = (document.components ?? []).map((component, index) => {
    const model = parts[index]?.model;
    if (model === undefined) return component;
    const ancestors = ancestorsOf(library, model).map((ancestor) => normalize.normalize(ancestor, options));
    const notes = pedigreeNotes(model);
    return {
      ...component,
      ...((ancestors.length > 0 || notes !== "") && {
        pedigree: { ...(ancestors.length > 0 && { ancestors }), ...(notes !== "" && { notes }) },
      }),
      ...modelCard(model),
    };
  });
  const { $schema, bomFormat, specVersion, serialNumber: _, ...rest } = { ...document, components };
  const serialNumber = `urn:uuid:${contentUuid(JSON.stringify(rest))}`;
  return `${JSON.stringify({ $schema, bomFormat, specVersion, serialNumber, ...rest }, null, 2)}\n`;
}

function componentOf(library: Library, model: ReportedModel, { endpoint }: ReportFrame, ids: Set<string>) {
  const { Enums, Models } = library;
  const { license, stored } = model;
  const files = stored?.files ?? [];
  const component = named(library, license.repo, license.ref, license.commit);
  component.bomRef.value = unused(ids, plain([license.ref, license.commit].filter(Boolean).join("@")));
  component.licenses = namedChoices(library, license);
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0) component.hashes.set(Enums.HashAlgorithm["SHA-256"], first.sha256);
  for (const { path, sha256 } of others.length > 0 ? files : []) {
    const hashes = new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]);
    component.components.add(new Models.Component(Enums.ComponentType.File, plain(path), { hashes }));
  }
  for (const reference of referencesOf(library, model, endpoint)) component.externalReferences.add(reference);
  for (const { name, value } of propertiesOf(model))
    component.properties.add(new Models.Property(`oslm:license:${name}`, value));
  return component;
}

/** A model by its repository, or by what it is called here. */
function named({ Enums, Models }: Library, repo: string | null, name: string, commit: string | null): Models.Component {
  const type = Enums.ComponentType.MachineLearningModel;
  const [group, rest] = (repo ?? "").split("/");
  if (repo === null || group === undefined || rest === undefined) return new Models.Component(type, plain(name));
  const purl = packageUrl({ repo, commit }) ?? undefined;
  return new Models.Component(type, rest, {
    group,
    ...(commit !== null && { version: commit }),
    ...(purl !== undefined && { purl }),
    supplier: new Models.OrganizationalEntity({ name: group }),
  });
}

/** Two names of one file are two entries, and need two ids. */
function unused(ids: Set<string>, wanted: string): string {
  let id = wanted;
  for (let number = 2; ids.has(id); number++) id = `${wanted}#${number}`;
  ids.add(id);
  return id;
}

function ancestorsOf(library: Library, { evidence }: ReportedModel): readonly Models.Component[] {
  return (evidence?.ancestors ?? []).map((ancestor) => {
    if ("gap" in ancestor) {
      const component = named(library, null, ancestor.repo, null);
      component.description = `oslm knows nothing of it: ${ancestor.gap}`;
      return component;
    }
    const component = named(library, ancestor.repo, ancestor.repo, ancestor.commit);
    const declared = detectLicense(ancestor.card).entries.map(({ id }) => id);
    component.licenses = namedChoices(library, { id: "", declared: joinIds(declared) });
    return component;
  });
}

function referencesOf(library: Library, { license, evidence, stored }: ReportedModel, endpoint: string) {
  const { Enums, Models } = library;
  const { repo, url } = license;
  const type = Enums.ExternalReferenceType;
  const reference = (address: string, kind: (typeof type)[keyof typeof type], sha256?: string) =>
    new Models.ExternalReference(address, kind, {
      ...(sha256 !== undefined && { hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]) }),
    });
  const files = stored?.files ?? [];
  if (repo === null) {
    const [file] = files;
    return stored !== undefined && isAddress(stored.ref)
      ? [reference(stored.ref, type.Distribution, file?.sha256)]
      : [];
  }
  const texts = evidence === undefined ? [] : placedTexts(evidence).filter(({ kind }) => kind !== "prompt");
  return [
    ...(isAddress(url) ? [reference(url, type.Website)] : []),
    // A file that was made here lies nowhere else: what it was made from does.
    ...(stored?.converted?.files ?? files).map(({ path, sha256 }) =>
      reference(fileUrl(endpoint, license, path), type.Distribution, sha256),
    ),
    ...texts.map((text) => reference(fileUrl(endpoint, text, text.path), type.License, text.sha256)),
  ];
}
