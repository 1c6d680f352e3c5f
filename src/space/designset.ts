import { compile } from './compile.ts';
import { createNearPoints, type NearPoints } from './kdtree.ts';
import type { Design, DesignSet, Space } from './types.ts';

/** 1e-3 of the range in coordinates, which span 2, and the last bits that two ways of computing one difference may differ by. */
const radius = 2e-3 * (1 + 1e-9);

/**
 * A set of designs of the space, those given to begin with. Whether a design is in it is decided pair by pair: it is, if one of the designs added has the
 * same step or choice of every parameter and lies within 1e-3 of the range (of its logarithm on a log scale) in every real without
 * steps. `size` counts the designs added that were not equal to an earlier one.
 */
export function createDesignSet(space: Space, designs: readonly Design[] = []): DesignSet {
  const { columns } = compile(space.definition);
  const discrete = columns.filter(({ codec }) => codec.count < Infinity || codec.shape.kind === 'onehot');
  const continuous = columns.filter(({ codec }) => codec.count === Infinity && codec.shape.kind === 'scalar');
  const groups = new Map<string, NearPoints>();
  let size = 0;

  function keyOf(design: Design): string {
    let key = '';
    for (const { column, codec } of discrete) {
      const value = design[column.name]!;
      key += column.parameter.type === 'sequence' ? `${value}|` : `${codec.indexOf(value)}|`;
    }
    return key;
  }

  function pointOf(design: Design): Float64Array {
    const point = new Float64Array(continuous.length);
    continuous.forEach(({ column, codec }, i) => codec.encode(design[column.name]!, point, i));
    return point;
  }

  function groupOf(design: Design): NearPoints {
    const key = keyOf(design);
    const group = groups.get(key) ?? createNearPoints(radius);
    groups.set(key, group);
    return group;
  }

  const set: DesignSet = {
    has: (design) => groups.get(keyOf(design))?.hasNear(pointOf(design)) ?? false,
    add: (design) => {
      if (groupOf(design).add(pointOf(design))) size++;
    },
    addNew: (design) => {
      const group = groupOf(design);
      const point = pointOf(design);
      const added = !group.hasNear(point) && group.add(point);
      if (added) size++;
      return added;
    },
    get size() {
      return size;
    },
  };
  for (const design of designs) set.add(design);
  return set;
}
