// Those that look back only a little, carry a state along, or make vectors.
import { checkFamilies } from "../support/families/check-families.js";
import { encoders } from "../support/families/encoders.js";
import { recurrent } from "../support/families/recurrent.js";
import { windowed } from "../support/families/windowed.js";

checkFamilies({ ...windowed, ...recurrent, ...encoders });
