// Which policy files count, and in which order.
import { expect, it } from "vitest";
import { policyPlaces } from "../../src/config/policy-places.js";

const places = (
  there: readonly string[],
  {
    cwd = "/home/ann/app/src",
    env = {},
    flag,
    platform = "linux" as NodeJS.Platform,
  }: {
    cwd?: string;
    env?: Record<string, string>;
    flag?: string;
    platform?: NodeJS.Platform;
  } = {},
) => policyPlaces(env, flag, { cwd, home: "/home/ann", platform, exists: (path) => there.includes(path) });

it.each<[string, Parameters<typeof places>, readonly string[]]>([
  ["nothing", [[]], []],
  ["the working directory", [["/home/ann/app/src/oslm.yaml"]], ["/home/ann/app/src/oslm.yaml"]],
  ["the nearest", [["/home/ann/app/src/oslm.yaml", "/home/ann/app/oslm.yaml"]], ["/home/ann/app/src/oslm.yaml"]],
  ["the other spelling", [["/home/ann/app/oslm.yml", "/home/ann/oslm.yaml"]], ["/home/ann/app/oslm.yml"]],
  [
    "both spellings in one folder",
    [["/home/ann/app/oslm.yml", "/home/ann/app/oslm.yaml"]],
    ["/home/ann/app/oslm.yaml", "/home/ann/app/oslm.yml"],
  ],
  ["the home folder", [["/home/ann/oslm.yaml"]], ["/home/ann/oslm.yaml"]],
  ["nothing above the home folder", [["/home/oslm.yaml", "/oslm.yaml"]], []],
  ["nothing above the repository", [["/home/ann/oslm.yaml", "/home/ann/app/.git"]], []],
  ["the root of the repository", [["/home/ann/app/.git", "/home/ann/app/oslm.yaml"]], ["/home/ann/app/oslm.yaml"]],
  // Anybody can write to /tmp.
  ["nothing above a folder of nowhere", [["/tmp/oslm.yaml", "/oslm.yaml"], { cwd: "/tmp/x" }], []],
  ["a folder of nowhere itself", [["/tmp/x/oslm.yaml"], { cwd: "/tmp/x" }], ["/tmp/x/oslm.yaml"]],
  ["a repository of nowhere", [["/tmp/x/oslm.yaml", "/tmp/x/.git"], { cwd: "/tmp/x/y" }], ["/tmp/x/oslm.yaml"]],
  [
    "all, the machine's first",
    [["/etc/oslm/policy.yaml", "/home/ann/app/oslm.yaml"], { env: { OSLM_POLICY: "/srv/p.yaml" } }],
    ["/etc/oslm/policy.yaml", "/srv/p.yaml", "/home/ann/app/oslm.yaml"],
  ],
  [
    "the flag in place of the project's",
    [["/etc/oslm/policy.yaml", "/home/ann/app/oslm.yaml"], { flag: "../p.yaml" }],
    ["/etc/oslm/policy.yaml", "/home/ann/app/p.yaml"],
  ],
  ["each once", [[], { env: { OSLM_POLICY: "p.yaml" }, flag: "./p.yaml" }], ["/home/ann/app/src/p.yaml"]],
  ["an empty variable", [[], { env: { OSLM_POLICY: "" } }], []],
  [
    "Windows",
    [["C:\\ProgramData\\oslm\\policy.yaml", "C:\\w\\oslm.yaml"], { cwd: "C:\\w", platform: "win32" }],
    ["C:\\ProgramData\\oslm\\policy.yaml", "C:\\w\\oslm.yaml"],
  ],
])("finds %s", (_what, [there, options], expected) => {
  expect(places(there, options)).toEqual(expected);
});
