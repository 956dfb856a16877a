// All that can go wrong with a pull, by kind; after a pull with which nothing is wrong.
import { CONTENT_FAULTS } from "./content-faults.js";
import { type FaultCase, replies } from "./fault-case.js";
import { LINE_FAULTS } from "./line-faults.js";
import { MACHINE_FAULTS } from "./machine-faults.js";
import { STATUS_FAULTS } from "./status-faults.js";

export const FAULTS: readonly FaultCase[] = [
  replies("none", 0),
  ...CONTENT_FAULTS,
  ...STATUS_FAULTS,
  ...LINE_FAULTS,
  ...MACHINE_FAULTS,
];
