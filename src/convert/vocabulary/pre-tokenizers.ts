// How the byte-level vocabularies that llama.cpp knows cut a text before they merge: the steps that publishers write into
// tokenizer.json, and the name that the engine knows them by (src/llama-vocab.cpp, where most stand in comments). Several
// names mean the same to the engine; each list of steps has one here.

/** The words of GPT-2, which ByteLevel has built in. */
const WORDS = "words";
/** Each digit by itself. */
const DIGITS = "digits each";

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
/** After digits: marks, line ends, spaces. */
const REST = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
/** As REST, with slashes kept to what stands before. */
const REST_WITH_SLASH = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";

const CL100K = `${CONTRACTIONS}|${BEFORE}\\p{L}+|\\p{N}{1,3}|${REST}`;
const O200K = `${BEFORE}${UPPER}*${LOWER}+${CONTRACTIONS}?|${BEFORE}${UPPER}+${LOWER}*${CONTRACTIONS}?|\\p{N}{1,3}|${REST_WITH_SLASH}`;
export const QWEN2 = `${CONTRACTIONS}|${BEFORE}\\p{L}+|\\p{N}|${REST}`;
const TEKKEN = `${BEFORE}${UPPER}*${LOWER}+|${BEFORE}${UPPER}+${LOWER}*|\\p{N}|${REST_WITH_SLASH}`;
const DEEPSEEK_WORDS =
  "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";
/** Six of its letters have another form that means the same, which an editor may put in their place: those are written by number. */
const DEEPSEEK_LETTERS =
  "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u1f7dᾀ-ᾴᾶ-ᾼ\u1fbeῂ-ῄῆ-ῌῐ-\u1fd3ῖ-\u1fdbῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u2126ℨ\u212a-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+";
const DEEPSEEK_MARKS = "\\s?[!-/:-~！-／：-～‘-‟　-。]+";
const CJK = "[一-龥ࠀ-一가-퟿]+";
const BLOOM = " ?[^(\\s|[.,!?…。，、।۔،])]+";

const split = (...patterns: string[]) => patterns.map((pattern) => `split ${pattern}`);

export interface PreTokenizer {
  readonly name: string;
  readonly steps: readonly string[];
  /** Also has to be so, where it is given. */
  readonly ignoreMerges?: boolean;
  readonly nfc?: boolean;
  /** `clean_up_tokenization_spaces`: no space is written before a full stop. */
  readonly cleansSpaces?: boolean;
  /** What the engine does not do of the steps. */
  readonly leftOut?: string;
}

const MARKS = "letters and the marks combined with them in one piece (Devanagari, accents apart from their letters)";

/** The first that fits counts. */
export const PRE_TOKENIZERS: readonly PreTokenizer[] = [
  { name: "olmo", steps: [WORDS], nfc: true },
  { name: "gpt-2", steps: [WORDS] },
  { name: "command-r", steps: [DIGITS, WORDS], nfc: true },
  { name: "smollm", steps: [DIGITS, WORDS], cleansSpaces: false },
  { name: "starcoder", steps: [DIGITS, WORDS] },
  {
    name: "falcon",
    steps: ["punctuation Contiguous", WORDS, "digits together", ...split("[0-9][0-9][0-9]")],
    leftOut: "numbers other than 0 to 9 apart from the space before them",
  },
  { name: "llama-bpe", steps: split(CL100K), ignoreMerges: true },
  { name: "dbrx", steps: split(CL100K) },
  { name: "minicpm5", steps: split("\\p{N}{1,3}", CL100K.replace("{1,3}", "+")), ignoreMerges: true },
  { name: "qwen2", steps: split(QWEN2) },
  {
    name: "qwen35",
    steps: split(
      `${CONTRACTIONS}|${BEFORE}[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
    ),
  },
  { name: "gpt-4o", steps: split(O200K), leftOut: MARKS },
  { name: "tiny_aya", steps: split("\\d{1,3}(?=(?:\\d{3})*\\b)", O200K) },
  { name: "tekken", steps: split(TEKKEN), ignoreMerges: true, leftOut: MARKS },
  {
    name: "seed-coder",
    steps: split(`${CONTRACTIONS}|${BEFORE}\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\r\n]+|\\s*[\r\n]+|\\s+(?!\\S)|\\s+`),
  },
  {
    name: "bailingmoe",
    steps: split(
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
    ),
  },
  {
    name: "exaone-moe",
    steps: split(
      `${CONTRACTIONS}|${BEFORE}(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+`,
    ),
  },
  { name: "deepseek-v3", steps: split("\\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK_WORDS) },
  { name: "deepseek-coder", steps: [...split("[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", CJK), DIGITS] },
  { name: "deepseek-llm", steps: [...split("[\r\n]", DEEPSEEK_LETTERS, DEEPSEEK_MARKS, "\\s+$", CJK), DIGITS] },
  { name: "bloom", steps: split(BLOOM) },
  { name: "viking", steps: [...split(BLOOM), DIGITS] },
];
