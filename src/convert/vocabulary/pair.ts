// Short ways to write the metadata that a vocabulary becomes.
import type { MetadataPair } from "../../gguf/write-header.js";

export const text = (key: string, value: string): MetadataPair => [key, { type: "string", value }];
export const id = (key: string, value: number): MetadataPair => [key, { type: "uint32", value }];
export const flag = (key: string, value: boolean): MetadataPair => [key, { type: "bool", value }];
