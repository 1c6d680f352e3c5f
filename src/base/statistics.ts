type Numbers = readonly number[] | Float64Array | Float32Array;

export function mean(values: Numbers): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}

/** Population standard deviation. */
export function standardDeviation(values: Numbers): number {
  const center = mean(values);
  let total = 0;
  for (const value of values) total += (value - center) ** 2;
  return Math.sqrt(total / values.length);
}

/** The quantile at `share` in [0, 1], linear between order statistics. */
export function quantile(values: Numbers, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** Ranks from 0; ties share the average of their ranks. */
export function ranks(values: Numbers): Float64Array {
  const order = Uint32Array.from(values, (_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let place = start; place < end; place++) result[order[place]!] = (start + end - 1) / 2;
    start = end;
  }
  return result;
}

/** Pearson's correlation; 0 when one side is constant. */
export function correlation(a: Numbers, b: Numbers): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Spearman's rank correlation. */
export function rankCorrelation(a: Numbers, b: Numbers): number {
  return correlation(ranks(a), ranks(b));
}

/** x = mean + scale z, column by column (d each), with z of zero mean and about unit variance. */
export interface ColumnScaling {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Scales below this share of the largest are raised to it: a nearly constant column would turn its few other values into outliers. */
const smallestScale = 0.2;

/** The scaling of n x d rows. */
export function columnScaling(rows: Float32Array, dimension: number): ColumnScaling {
  const n = rows.length / dimension;
  const center = new Float64Array(dimension);
  const scale = new Float64Array(dimension);
  for (let i = 0; i < rows.length; i++) center[i % dimension]! += rows[i]! / n;
  for (let i = 0; i < rows.length; i++) scale[i % dimension]! += (rows[i]! - center[i % dimension]!) ** 2 / n;
  scale.forEach((variance, j) => (scale[j] = Math.sqrt(variance)));
  const floor = Math.max(1e-3, smallestScale * scale.reduce((a, b) => Math.max(a, b), 0));
  return { mean: center, scale: scale.map((value) => Math.max(value, floor)) };
}

/** z of n x d rows. */
export function scaleColumns(rows: Float32Array, { mean: center, scale }: ColumnScaling): Float32Array {
  const d = center.length;
  return rows.map((value, i) => (value - center[i % d]!) / scale[i % d]!);
}
