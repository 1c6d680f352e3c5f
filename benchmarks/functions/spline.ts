/**
 * Natural cubic splines through n >= 3 values at 0, 1, ..., n - 1, sampled at `samples` evenly spaced places from the first to the last.
 * Second derivatives come from the tridiagonal system of de Boor (1978, chapter IV).
 */
export function naturalSpline(n: number, samples: number): (values: Float64Array) => Float64Array {
  const eliminated = new Float64Array(n);
  for (let i = 1; i < n - 1; i++) eliminated[i] = 1 / (4 - eliminated[i - 1]!);
  return (values) => {
    const bend = secondDerivatives(values, eliminated);
    return Float64Array.from({ length: samples }, (_, at) => {
      const place = (at * (n - 1)) / (samples - 1);
      const i = Math.min(n - 2, Math.floor(place));
      const [left, right] = [i + 1 - place, place - i];
      const curve = (left ** 3 - left) * bend[i]! + (right ** 3 - right) * bend[i + 1]!;
      return left * values[i]! + right * values[i + 1]! + curve / 6;
    });
  };
}

/** m with m_0 = m_n-1 = 0 and m_i-1 + 4 m_i + m_i+1 = 6 (v_i-1 - 2 v_i + v_i+1). */
function secondDerivatives(values: Float64Array, eliminated: Float64Array): Float64Array {
  const n = values.length;
  const bend = new Float64Array(n);
  for (let i = 1; i < n - 1; i++) {
    const right = 6 * (values[i - 1]! - 2 * values[i]! + values[i + 1]!);
    bend[i] = (right - bend[i - 1]!) * eliminated[i]!;
  }
  for (let i = n - 2; i > 0; i--) bend[i]! -= eliminated[i]! * bend[i + 1]!;
  return bend;
}
