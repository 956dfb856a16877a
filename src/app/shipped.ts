// Files that come with oslm. This module stays as deep as the bundles in dist/parts/: paths go from where the code is.
import { fileURLToPath } from "node:url";

export const DEMO_PATH = fileURLToPath(new URL("../../assets/oslm-demo-q8_0.gguf", import.meta.url));
export const README_PATH = fileURLToPath(new URL("../../README.md", import.meta.url));
