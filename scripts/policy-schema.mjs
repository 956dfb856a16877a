// Puts the license ids and condition keys that oslm knows into schema/oslm.schema.json: run it when they have changed, then
// `npm run format`. test/license/policy-schema.test.ts fails until then.
import { readFileSync, writeFileSync } from "node:fs";

const at = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => JSON.parse(readFileSync(at(path), "utf8"));

const licenses = read("src/license/licenses.json");
const conditions = Object.keys(read("src/license/conditions.json")).sort();
const schema = read("schema/oslm.schema.json");
const { definitions } = schema;

// A name that several licenses share is an id as well: nothing tells them apart.
const names = licenses.flatMap((license) => license.names);
const shared = names.filter((name, index) => names.indexOf(name) !== index);
const others = new Set([...definitions.class.enum, ...conditions]);
const ids = [...new Set([...licenses.map((license) => license.id), ...shared])].filter((id) => !others.has(id));

definitions.condition.enum = conditions;
definitions.id.enum = ids.sort();
definitions.narrowed.pattern = `^(class:(${definitions.class.enum.join("|")})|condition:(${conditions.join("|")})|id:[a-z0-9][a-z0-9.+-]{0,99})$`;
writeFileSync(at("schema/oslm.schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
