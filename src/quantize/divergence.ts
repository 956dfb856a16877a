// How far a smaller file of a model has moved from its source: pure sums over what both expect after the same tokens.

export interface Divergence {
  /** Positions that were compared. */
  readonly tokens: number;
  /** Kullback-Leibler divergence of the smaller from the source, in nats per token; 0 is the same. */
  readonly kld: {
    readonly mean: number;
    readonly error: number;
    readonly median: number;
    readonly p99: number;
    readonly max: number;
  };
  /** exp of the mean negative log-likelihood of the text; smaller is better. */
  readonly perplexity: { readonly source: number; readonly quantized: number; readonly ratio: number };
  /** Share of positions where both find the same token likeliest. */
  readonly sameTop: number;
}

/** What is less likely than e^-100 is so to everybody; an infinity would hide all else. */
const LEAST = -100;

export class DivergenceSum {
  readonly #klds: number[] = [];
  #source = 0;
  #quantized = 0;
  #same = 0;

  /** @param next the token that follows in the text @param source, quantized logarithms of probabilities, by token id */
  add(next: number, source: Float64Array, quantized: Float64Array): void {
    let kld = 0;
    let [top, other] = [0, 0];
    for (let token = 0; token < source.length; token++) {
      const [p, q] = [Math.max(LEAST, source[token] ?? LEAST), Math.max(LEAST, quantized[token] ?? LEAST)];
      kld += Math.exp(p) * (p - q);
      if (p > (source[top] ?? 0)) top = token;
      if (q > (quantized[other] ?? 0)) other = token;
    }
    // Rounding alone makes it less than nothing.
    this.#klds.push(Math.max(0, kld));
    this.#source += Math.max(LEAST, source[next] ?? LEAST);
    this.#quantized += Math.max(LEAST, quantized[next] ?? LEAST);
    if (top === other) this.#same++;
  }

  result(): Divergence {
    const sorted = [...this.#klds].sort((a, b) => a - b);
    const tokens = sorted.length;
    const at = (share: number): number => round(sorted[Math.min(tokens - 1, Math.floor(share * tokens))] ?? 0);
    const mean = sorted.reduce((sum, value) => sum + value, 0) / tokens;
    const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, tokens - 1);
    return {
      tokens,
      kld: {
        mean: round(mean),
        error: round(Math.sqrt(variance / tokens)),
        median: at(0.5),
        p99: at(0.99),
        max: at(1),
      },
      perplexity: {
        source: round(Math.exp(-this.#source / tokens)),
        quantized: round(Math.exp(-this.#quantized / tokens)),
        ratio: round(Math.exp((this.#source - this.#quantized) / tokens)),
      },
      sameTop: round(this.#same / tokens),
    };
  }
}

/** More digits would only look exact. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
