"""Byte-level BPE in the GPT-2 manner, small enough to read in one sitting.

llama.cpp runs the same algorithm for `tokenizer.ggml.model = "gpt2"` with `tokenizer.ggml.pre = "gpt-2"`:
text is cut into words by a fixed rule, each word becomes bytes, and pairs of pieces are merged in the order
in which they were learned. The base alphabet is all 256 bytes, so no input is ever unknown.
"""
import json
import unicodedata
from collections import Counter, defaultdict

SPECIAL = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")
# Unicode White_Space, as the regular expression class \s understands it (str.isspace differs: U+001C to U+001F).
SPACES = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}


def byte_alphabet():
    """GPT-2's table: each byte stands as one printable character in the vocabulary."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {b: chr(b) for b in printable}
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + len(table) - len(printable))
    return table


BYTES = byte_alphabet()


def kind(char):
    """L letter, N number, S space, P anything else: all that the GPT-2 pattern distinguishes."""
    if char in SPACES:
        return "S"
    first = unicodedata.category(char)[0]
    return first if first in "LN" else "P"


def pre_tokenize(text):
    r"""The GPT-2 pattern: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
    words, i, n = [], 0, len(text)
    while i < n:
        short = next((c for c in CONTRACTIONS if text.startswith(c, i)), None)
        if short:
            words.append(short)
            i += len(short)
            continue
        start = i
        if text[i] == " " and i + 1 < n and kind(text[i + 1]) != "S":
            i += 1
        k = kind(text[i])
        while i < n and kind(text[i]) == k:
            i += 1
        # A run of spaces before a word leaves its last space to that word: \s+(?!\S).
        if k == "S" and i < n and i - start > 1:
            i -= 1
        words.append(text[start:i])
    return words


def to_symbols(word):
    return tuple(BYTES[b] for b in word.encode("utf-8", "replace"))


def merge_pair(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return tuple(out)


def train(texts, vocab_size):
    """Learns merges until alphabet + merges + special tokens make up `vocab_size`."""
    counts = Counter(word for text in texts for word in pre_tokenize(text))
    words = {word: to_symbols(word) for word in counts}
    pairs, where = Counter(), defaultdict(set)
    for word, symbols in words.items():
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += counts[word]
            where[pair].add(word)
    merges = []
    while len(merges) < vocab_size - 256 - len(SPECIAL):
        # Ties go to the alphabetically first pair: the result must not depend on dictionary order.
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        for word in list(where[best]):
            for pair in zip(words[word], words[word][1:]):
                pairs[pair] -= counts[word]
            words[word] = merge_pair(words[word], best)
            for pair in zip(words[word], words[word][1:]):
                pairs[pair] += counts[word]
                where[pair].add(word)
        pairs = Counter({p: c for p, c in pairs.items() if c > 0})
    return Tokenizer(merges)


class Tokenizer:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.ranks = {pair: i for i, pair in enumerate(self.merges)}
        self.tokens = [BYTES[b] for b in range(256)] + [a + b for a, b in self.merges] + SPECIAL
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.system, self.user, self.assistant, self.end = (self.ids[s] for s in SPECIAL)
        self.cache = {}

    def encode_word(self, word):
        if word not in self.cache:
            symbols = to_symbols(word)
            while len(symbols) > 1:
                pair = min(zip(symbols, symbols[1:]), key=lambda p: self.ranks.get(p, 1 << 30))
                if pair not in self.ranks:
                    break
                symbols = merge_pair(symbols, pair)
            self.cache[word] = [self.ids[s] for s in symbols]
        return self.cache[word]

    def encode(self, text):
        """Plain text only: role tokens are put in by the caller, never read out of a user's text."""
        return [i for word in pre_tokenize(text) for i in self.encode_word(word)]

    def decode(self, ids):
        back = {char: byte for byte, char in BYTES.items()}
        text = "".join(self.tokens[i] for i in ids if i < len(self.tokens) - len(SPECIAL))
        return bytes(back[c] for c in text).decode("utf-8", "replace")

    def save(self, path):
        with open(path, "w", encoding="utf-8") as f:
            json.dump(self.merges, f, ensure_ascii=False)

    @staticmethod
    def load(path):
        with open(path, encoding="utf-8") as f:
            return Tokenizer(json.load(f))
