// Every architecture of the catalog in the real engine: those where every weight works on every token.
import { checkFamilies } from "../support/families/check-families.js";
import { dense } from "../support/families/dense.js";

checkFamilies(dense);
