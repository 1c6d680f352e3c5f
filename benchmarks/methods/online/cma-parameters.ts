/** The constants of CMA-ES by their names in Hansen's tutorial (arXiv 1604.00772, table 1). */
export interface CmaParameters {
  /** λ */
  readonly population: number;
  /** λ weights of the ranks, best first: the positive ones sum to 1, the worse half is negative. */
  readonly weights: Float64Array;
  /** μ, the number of positive weights. */
  readonly parents: number;
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cC: number;
  readonly c1: number;
  readonly cMu: number;
  /** The expected length of a standard normal vector. */
  readonly chi: number;
}

export function defaultPopulation(n: number): number {
  return 4 + Math.floor(3 * Math.log(n));
}

/** Defaults for n coordinates and a population of at least 2. */
export function cmaParameters(n: number, population: number): CmaParameters {
  const raw = Float64Array.from({ length: population }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1));
  const parents = raw.filter((weight) => weight > 0).length;
  const muEff = effective(raw.subarray(0, parents));
  const c1 = 2 / ((n + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1, (2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff));
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const negativeEff = effective(raw.subarray(parents));
  const negativeSum = Math.min(1 + c1 / cMu, 1 + (2 * negativeEff) / (muEff + 2), (1 - c1 - cMu) / (n * cMu));
  const positive = total(raw.subarray(0, parents));
  const negative = -total(raw.subarray(parents));
  return {
    population,
    weights: raw.map((weight) =>
      weight > 0 ? weight / positive : negative === 0 ? 0 : (weight * negativeSum) / negative,
    ),
    parents,
    muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    cC: (4 + muEff / n) / (n + 4 + (2 * muEff) / n),
    c1,
    cMu,
    chi: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** How many equal weights the given ones are worth. */
function effective(weights: Float64Array): number {
  const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
  return squares === 0 ? 0 : total(weights) ** 2 / squares;
}
