// The nouns that every room shares. Plain data, in a file for each kind; nothing here does anything.
export * from "./estimate.js";
export * from "./host.js";
export * from "./ids.js";
export * from "./license.js";
export * from "./repository.js";
export * from "./stored-model.js";
export * from "./units.js";
