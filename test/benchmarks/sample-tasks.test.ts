import { describe, expect, it } from 'vitest';
import { loadTask, numberColumn, readColumns, type TaskName } from '../../benchmarks/index.ts';
import { hiddenForest } from '../../benchmarks/tasks/hidden-forest.ts';
import { correlation, randomStream } from '../../src/base/index.ts';
import { createSpace } from '../../src/space/index.ts';
import { itWithData } from '../support/data.ts';

describe('a hidden forest', () => {
  const stream = randomStream(6);
  const designs = Array.from({ length: 120 }, () => ({ a: stream.uniform(), b: stream.uniform() }));
  const rows = { designs, rewards: Float64Array.from(designs, ({ a, b }) => 2 * a + (b > 0.5 ? 1 : 0)) };
  const source = { names: ['a', 'b'], rows, options: { trees: 10, bag: 60, columns: 2, leaf: 3 }, stream: 'step' };

  it('is the same each time, another for another stream, and says how good it is', () => {
    const [first, again, other] = [
      hiddenForest(source),
      hiddenForest(source),
      hiddenForest({ ...source, stream: 's' }),
    ];
    const asked = { a: 0.3, b: 0.8 };
    expect(again.predict(asked)).toBe(first.predict(asked));
    expect(other.predict(asked)).not.toBe(first.predict(asked));
    expect(Math.abs(first.predict(asked) - 1.6)).toBeLessThan(0.3);
    expect(first.r2()).toBeGreaterThan(0.9);
    expect(first.note()).toContain(`on all 120 labelled rows, with an R² of ${first.r2().toFixed(2)}`);
  });
});

const tables = [
  ['concrete', 'strength', 'maximize', 1030, 618, ['age']],
  ['airfoil', 'sound_pressure_level', 'minimize', 1503, 902, ['frequency', 'displacement_thickness']],
] as const satisfies readonly (readonly [TaskName, ...unknown[]])[];

describe.each(tables)('the task %s', (name, reward, direction, count, shown, logarithmic) => {
  const file = `uci/${name}.csv.gz` as const;

  itWithData('shows the worse 60 % of the rows, as they are, and no more', file, () => {
    const task = loadTask(name);
    const { visible, space, bestVisible } = task;
    const sign = direction === 'maximize' ? 1 : -1;
    const measured = numberColumn(readColumns(file), reward);
    expect(measured).toHaveLength(count);
    expect(task.direction).toBe(direction);
    expect(visible.designs).toHaveLength(shown);
    const sorted = measured.map((value) => sign * value).sort();
    expect(visible.rewards.map((value) => sign * value).sort()).toEqual(sorted.slice(0, shown));
    expect(sign * bestVisible).toBe(sorted[shown - 1]);
    expect(task.range).toEqual({ min: Math.min(...measured), max: Math.max(...measured) });
    expect(Object.keys(space.parameters).filter((key) => 'scale' in space.parameters[key]!)).toEqual(logarithmic);
    const compiled = createSpace(space);
    expect(visible.designs.every((design) => compiled.problemWith(design) === undefined)).toBe(true);
  });

  itWithData('is judged by a forest that knows the rows, hidden ones too', file, () => {
    const task = loadTask(name);
    const columns = readColumns(file);
    const names = columns.names.filter((column) => column !== reward);
    const inputs = names.map((column) => numberColumn(columns, column));
    const measured = numberColumn(columns, reward);
    const hidden = Array.from(measured.keys()).filter((row) =>
      direction === 'maximize' ? measured[row]! > task.bestVisible : measured[row]! < task.bestVisible,
    );
    const scores = hidden.map((row) =>
      task.score(Object.fromEntries(names.map((column, j) => [column, inputs[j]![row]!])))!,
    );
    // The figure is of rows that trees did not see; of rows that most of them saw the correlation is higher.
    const stated = Number(/an R² of (0\.\d+)/.exec(task.note!())![1]);
    expect(stated).toBeGreaterThan(0.85);
    expect(
      correlation(
        Float64Array.from(scores),
        Float64Array.from(hidden, (row) => measured[row]!),
      ),
    ).toBeGreaterThan(0.9);
  });
});
