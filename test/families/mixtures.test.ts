// The mixtures of experts.
import { checkFamilies } from "../support/families/check-families.js";
import { mixtures } from "../support/families/mixtures.js";

checkFamilies(mixtures);
