// Where the part lies that reads images. It is llama.cpp's multimodal library in a package of its own, which oslm neither installs nor
// needs for texts: node-llama-cpp has no such library (none of its shared objects has a symbol of mtmd).
import { createRequire } from "node:module";
import { join } from "node:path";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";

const PACKAGE = "@fugood/llama.node";
/** The release that was tried; another may be installed. */
const RELEASE = "1.7.15";
/** Those it has libraries for: each is a package of its own. */
const PLATFORMS: readonly string[] = [
  "darwin-arm64",
  "darwin-x64",
  "linux-arm64",
  "linux-x64",
  "win32-arm64",
  "win32-x64",
];

export interface ImagePart {
  /** Absolute path of the module. */
  readonly entry: string;
  readonly release: string;
}

/** Where to look: oslm's own folder for it, and then wherever this module finds packages, beside a global installation too. */
export interface PartPlaces {
  readonly folder: string;
  readonly from: string;
  readonly platform: string;
}

export function partPlaces(data: string, from: string): PartPlaces {
  return { folder: join(data, "images"), from, platform: `${process.platform}-${process.arch}` };
}

/** @throws OslmError no-image-part, with the command that installs it */
export function findPart({ folder, from, platform }: PartPlaces): ImagePart {
  for (const place of [join(folder, "package.json"), from]) {
    const require = createRequire(place);
    try {
      const { version } = require(`${PACKAGE}/package.json`) as { readonly version?: unknown };
      return { entry: require.resolve(PACKAGE), release: typeof version === "string" ? version : "unknown" };
    } catch {
      // Not here.
    }
  }
  const known = PLATFORMS.includes(platform);
  throw new OslmError("no-image-part", {
    platform,
    reason: known ? `${PACKAGE} ${RELEASE} was not found.` : `${PACKAGE} has no library for ${platform}.`,
    install: known ? installCommand(folder, platform) : null,
  });
}

/** Without scripts, and without the libraries for CUDA and Vulkan, which take ten times as much room. */
export function installCommand(folder: string, platform: string): string {
  const packages = `${PACKAGE}@${RELEASE} @fugood/node-llama-${platform}@${RELEASE}`;
  return `npm install --prefix ${quoted(folder)} --ignore-scripts --omit=optional ${packages}`;
}
