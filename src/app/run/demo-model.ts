// The model that comes with oslm.
import { fileURLToPath } from "node:url";

export const DEMO_PATH = fileURLToPath(new URL("../../assets/oslm-demo-q8_0.gguf", import.meta.url));
