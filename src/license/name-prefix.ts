// Some licenses fix how the name of a derived model begins: "Llama".

/**
 * Whether a model's name, with or without its `org/`, begins with these words. Case counts, since the licenses quote the
 * word; spaces, dashes and underscores do not: `Llama-3-...` begins with "Llama 3".
 */
export function hasPrefix(name: string, prefix: string): boolean {
  const plain = (text: string) => text.replace(/[\s_-]+/g, "");
  return plain(name.slice(name.lastIndexOf("/") + 1)).startsWith(plain(prefix));
}
