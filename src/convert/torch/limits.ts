// How much of a stranger's PyTorch file is believed. Each limit is far above the largest real shard known.

/** The largest shards hold some thousand tensors; a mixture of experts saved expert by expert comes to about 50,000. */
export const MAX_ENTRIES = 131_072;
/** Names and places of that many entries. */
export const MAX_DIRECTORY_BYTES = 32 * 1024 * 1024;
/** `data.pkl` takes about 150 bytes for each tensor. */
export const MAX_PICKLE_BYTES = 24 * 1024 * 1024;
/** Lists, tuples, dictionaries, texts and tensors that a pickle may make: about ten for each tensor. */
export const MAX_OBJECTS = 1_000_000;
/** What the machine remembers by number: each object once. */
export const MAX_MEMO = MAX_OBJECTS;
/** Pickle collects up to a thousand pairs before it stores them. */
export const MAX_STACK = 65_536;
/** Values inside of values; a state dictionary has about six levels. */
export const MAX_DEPTH = 64;
/** PyTorch's own limit is 64; no published tensor has more than five dimensions. */
export const MAX_DIMENSIONS = 8;
/** Elements of a tensor that repeats what it stores (stride 0), beyond those stored: a causal mask of 4096 x 4096. */
export const MAX_REPEATED = 16 * 1024 * 1024;
/** What is read at once to gather elements that are not next to each other. */
export const GATHER_BYTES = 4 * 1024 * 1024;
/** Elements further apart than this are read one by one. */
export const GATHER_GAP_BYTES = 32 * 1024;
/** Of a tensor whose elements are not in order, read ahead where it is read in pieces, one after another. */
export const AHEAD_BYTES = 32 * 1024 * 1024;
