const leafSize = 16;

interface Leaf {
  readonly points: Float64Array[];
}

interface Split {
  readonly coordinate: number;
  readonly at: number;
  readonly below: Node;
  readonly above: Node;
}

type Node = Leaf | Split;

/** Points of one dimension, asked whether one lies within `radius` of another point in every coordinate. */
export interface NearPoints {
  hasNear(point: Float64Array): boolean;
  /** False when an equal point is there already. */
  add(point: Float64Array): boolean;
}

/**
 * A k-d tree (Bentley 1975) that grows by splitting a full leaf in the middle of its widest coordinate. Equal points are kept once.
 * Exact: a query visits both sides of a split that is within the radius.
 */
export function createNearPoints(radius: number): NearPoints {
  let root: Node = { points: [] };
  let count = 0;

  function near(node: Node, point: Float64Array): boolean {
    if ('points' in node) return node.points.some((other) => within(other, point, radius));
    const x = point[node.coordinate]!;
    if (x - radius <= node.at && near(node.below, point)) return true;
    return x + radius >= node.at && near(node.above, point);
  }

  function insert(node: Node, point: Float64Array): Node {
    if ('points' in node) {
      if (node.points.some((other) => within(other, point, 0))) return node;
      node.points.push(point);
      count++;
      return node.points.length > leafSize ? split(node) : node;
    }
    const side = point[node.coordinate]! <= node.at ? 'below' : 'above';
    const grown = insert(node[side], point);
    return grown === node[side] ? node : { ...node, [side]: grown };
  }

  return {
    hasNear: (point) => near(root, point),
    add: (point) => {
      const before = count;
      root = insert(root, point);
      return count > before;
    },
  };
}

function within(a: Float64Array, b: Float64Array, radius: number): boolean {
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i]! - b[i]!) > radius) return false;
  return true;
}

/** Needs two points that differ. */
function split({ points }: Leaf): Split {
  let coordinate = 0;
  let widest = -1;
  let at = 0;
  for (let i = 0; i < points[0]!.length; i++) {
    let least = Infinity;
    let most = -Infinity;
    for (const point of points) {
      least = Math.min(least, point[i]!);
      most = Math.max(most, point[i]!);
    }
    if (most - least <= widest) continue;
    widest = most - least;
    coordinate = i;
    // The middle of two neighbouring doubles may round to the larger, which would leave one side empty.
    at = least + widest / 2 < most ? least + widest / 2 : least;
  }
  const below = points.filter((point) => point[coordinate]! <= at);
  const above = points.filter((point) => point[coordinate]! > at);
  return { coordinate, at, below: { points: below }, above: { points: above } };
}
