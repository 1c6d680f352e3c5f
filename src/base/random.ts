import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A named, seeded, splittable stream of random numbers. `split` depends on the stream's name alone, never on how much of the
 * stream was used, so adding a draw in one place changes nothing elsewhere.
 */
export interface RandomStream {
  /** A stream of its own for a part of the work, the same for the same names. */
  split(...names: readonly (string | number)[]): RandomStream;
  /** Uniform on [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** Uniform on {0, ..., below - 1}; `below` at most 2^32. */
  integer(below: number): number;
  /** Standard normal, by the ziggurat of Marsaglia and Tsang (2000) with 128 layers. */
  normal(): number;
  /** Fills with standard normals. */
  fillNormal<T extends Float32Array | Float64Array>(target: T): T;
  /** A uniformly random order of 0, ..., n - 1 (Fisher and Yates). */
  permutation(n: number): Uint32Array;
}

const layers = 128;
const tailStart = 3.442619855899;
const layerArea = 9.91256303526217e-3;
const scale = 2 ** 31;
const widths = new Float64Array(layers);
const accepts = new Int32Array(layers);
const heights = new Float64Array(layers);
buildZiggurat();

function buildZiggurat(): void {
  let edge = tailStart;
  let previous = edge;
  const base = layerArea / Math.exp(-0.5 * edge * edge);
  accepts[0] = (edge / base) * scale;
  accepts[1] = 0;
  widths[0] = base / scale;
  widths[layers - 1] = edge / scale;
  heights[0] = 1;
  heights[layers - 1] = Math.exp(-0.5 * edge * edge);
  for (let layer = layers - 2; layer >= 1; layer--) {
    edge = Math.sqrt(-2 * Math.log(layerArea / edge + Math.exp(-0.5 * edge * edge)));
    accepts[layer + 1] = (edge / previous) * scale;
    previous = edge;
    heights[layer] = Math.exp(-0.5 * edge * edge);
    widths[layer] = edge / scale;
  }
}

/** FNV-1a over the text's UTF-16 units, continued from `hash`, with a final avalanche (MurmurHash3's). */
function mix(hash: number, text: string): number {
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** A name without a slash, distinct for distinct names (RFC 6901's escapes). */
function escaped(name: string | number): string {
  return String(name).replaceAll('~', '~0').replaceAll('/', '~1');
}

type Key = readonly [number, number, number, number];

class XoroshiroStream implements RandomStream {
  private readonly key: Key;
  private readonly generator: ReturnType<typeof xoroshiro128plusFromState>;

  constructor(key: Key) {
    this.key = key;
    // A state of zeros would stay zero for ever.
    this.generator = xoroshiro128plusFromState([key[0], key[1], key[2], key[3] | 1]);
    for (let i = 0; i < 8; i++) this.generator.next();
  }

  split(...names: readonly (string | number)[]): RandomStream {
    const text = names.map((name) => `/${escaped(name)}`).join('');
    const [a, b, c, d] = this.key;
    return new XoroshiroStream([
      mix(a, text),
      mix(b ^ 0x9e3779b9, text),
      mix(c ^ 0x7f4a7c15, text),
      mix(d ^ 0x6a09e667, text),
    ]);
  }

  uniform(): number {
    return (this.generator.next() >>> 0) / 2 ** 32;
  }

  integer(below: number): number {
    const limit = 2 ** 32 - (2 ** 32 % below);
    let draw = this.generator.next() >>> 0;
    while (draw >= limit) draw = this.generator.next() >>> 0;
    return draw % below;
  }

  normal(): number {
    for (;;) {
      const draw = this.generator.next() | 0;
      // The layer comes from a second draw: taking it from the low bits of the first would correlate it with the value.
      const layer = this.generator.next() & (layers - 1);
      const magnitude = draw < 0 ? -draw : draw;
      if (magnitude < accepts[layer]!) return draw * widths[layer]!;
      const value = layer === 0 ? this.tail(draw < 0) : this.wedge(draw, layer);
      if (value !== undefined) return value;
    }
  }

  private tail(negative: boolean): number {
    for (;;) {
      const x = -Math.log(1 - this.uniform()) / tailStart;
      const y = -Math.log(1 - this.uniform());
      if (y + y >= x * x) return negative ? -(tailStart + x) : tailStart + x;
    }
  }

  private wedge(draw: number, layer: number): number | undefined {
    const x = draw * widths[layer]!;
    const height = heights[layer]! + this.uniform() * (heights[layer - 1]! - heights[layer]!);
    return height < Math.exp(-0.5 * x * x) ? x : undefined;
  }

  fillNormal<T extends Float32Array | Float64Array>(target: T): T {
    for (let i = 0; i < target.length; i++) target[i] = this.normal();
    return target;
  }

  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swap = order[i]!;
      order[i] = order[j]!;
      order[j] = swap;
    }
    return order;
  }
}

/** The root stream of a run. `seed` is any finite number; streams of different names are independent for all practical uses. */
export function randomStream(seed: number): RandomStream {
  const root = `seed ${seed}`;
  return new XoroshiroStream([
    mix(0x811c9dc5, root),
    mix(0x1b873593, root),
    mix(0xcc9e2d51, root),
    mix(0x38b34ae5, root),
  ]);
}
