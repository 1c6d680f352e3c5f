import type { Design, Space } from '../../../src/space/index.ts';
import type { Evaluation } from './method.ts';

/** A text that is the same for the same design. */
export function keyOf({ names }: Space, design: Design): string {
  return JSON.stringify(names.map((name) => design[name]));
}

/** Draws for one design before a repeat is accepted. */
const draws = 100;

/** Designs that were asked for or told. */
export interface Known {
  readonly add: (design: Design) => void;
  /** The first design drawn that is new, or the last one drawn if none of 100 was. */
  readonly fresh: (draw: () => Design) => Design;
}

export function createKnown(space: Space): Known {
  const keys = new Set<string>();
  const add = (design: Design): void => void keys.add(keyOf(space, design));
  return {
    add,
    fresh: (draw) => {
      let design = draw();
      for (let drawn = 1; drawn < draws && keys.has(keyOf(space, design)); drawn++) design = draw();
      add(design);
      return design;
    },
  };
}

/** A design that was measured, encoded. */
export interface Member {
  readonly vector: Float64Array;
  readonly cost: number;
}

/** The `size` best of all evaluations told so far, best first; failures are left out, the same design counts once. */
export function createElite(
  space: Space,
  size: number,
): { readonly members: () => readonly Member[]; readonly tell: (told: readonly Evaluation[]) => void } {
  const held = new Map<string, Member>();
  let members: readonly Member[] = [];
  return {
    members: () => members,
    tell: (told) => {
      for (const { design, cost } of told) {
        if (cost === undefined || Number.isNaN(cost)) continue;
        const key = keyOf(space, design);
        if (!held.has(key) || held.get(key)!.cost > cost) held.set(key, { vector: space.encode(design), cost });
      }
      const ranked = [...held].sort(([, a], [, b]) => a.cost - b.cost);
      for (const [key] of ranked.slice(size)) held.delete(key);
      members = ranked.slice(0, size).map(([, member]) => member);
    },
  };
}

/** The design nearest to an encoded vector. */
export function decoded(space: Space, vector: Float64Array): Design {
  return space.decode(vector)!;
}
