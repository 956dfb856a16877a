import { expect, it } from "vitest";
import { machine } from "../../src/cli/show-fit.js";

const host = { ramTotal: 16e9, ramAvailable: 8e9, cores: 8, gpus: [] };

it("says what this machine has, and why its speed is not known", () => {
  expect(machine(host)).toBe("8.0 GB RAM available");
  expect(machine({ ...host, bandwidthUnknown: "there is too little free memory" })).toBe(
    "8.0 GB RAM available; how fast the RAM is could not be measured: there is too little free memory",
  );
});
