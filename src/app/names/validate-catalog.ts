// Whether a document has the form of a catalog. In the program as it is built this module is the code that ajv makes of the
// schema (scripts/bundle.mjs): to load ajv and have it made anew takes 80 ms.
import { catalogSchema } from "../../catalog/catalog-schema.js";
import { compileSchema } from "../../runtime/schema/compile-schema.js";

export const validateCatalog = compileSchema(catalogSchema());
