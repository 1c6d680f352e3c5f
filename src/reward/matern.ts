/** Of k(r) = (1 + sqrt5 r + 5/3 r^2) exp(-sqrt5 r), r the distance after division by length scales. */
const sqrt5 = Math.sqrt(5);

/** k at a squared distance. */
export function correlationAt(squared: number): number {
  const r = sqrt5 * Math.sqrt(squared);
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** d k / d (r^2). */
export function correlationSlopeAt(squared: number): number {
  const r = sqrt5 * Math.sqrt(squared);
  return (-5 / 6) * (1 + r) * Math.exp(-r);
}
