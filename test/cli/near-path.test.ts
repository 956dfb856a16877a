import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { nearPath } from "../../src/cli/near-path.js";

it("shortens what lies below the folder, and nothing else", () => {
  const folder = resolve("/home/me/project");
  expect(nearPath(join(folder, "oslm.yaml"), folder)).toBe("oslm.yaml");
  expect(nearPath(join(folder, "ci", "oslm.yaml"), folder)).toBe(join("ci", "oslm.yaml"));
  for (const other of [folder, resolve("/home/me/oslm.yaml"), resolve("/etc/oslm/policy.yaml"), `${folder}2/oslm.yaml`])
    expect(nearPath(other, folder)).toBe(other);
});
