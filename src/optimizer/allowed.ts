import type { Design, Space } from '../space/index.ts';
import type { Table } from '../table/index.ts';

/** Whether a design, which is in the space's bounds, keeps its constraints and fixed values. */
export function isAllowed(space: Space, design: Design): boolean {
  const free = space.constraints.length === 0 && Object.keys(space.fixed).length === 0;
  return free || space.problemWith(design) === undefined;
}

/**
 * The measured rewards of the designs that constraints and fixed values allow, own units; of all where none is allowed. What others reach
 * need not be reachable.
 */
export function allowedRewards({ designs, rewards }: Pick<Table, 'designs' | 'rewards'>, space: Space): Float64Array {
  const measured = rewards.filter((reward) => !Number.isNaN(reward));
  const allowed = rewards.filter((reward, row) => !Number.isNaN(reward) && isAllowed(space, designs[row]!));
  return allowed.length > 0 ? allowed : measured;
}
