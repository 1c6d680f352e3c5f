import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { SpaceDefinition } from '../../src/space/index.ts';
import { readDesigns, readTable, type Direction } from '../../src/table/index.ts';
import { findData, itWithData } from '../support/data.ts';

interface Task {
  readonly space: SpaceDefinition;
  readonly reward: string;
  readonly direction: Direction;
}

function taskOf(data: string): Task {
  return JSON.parse(readFileSync(data.replace('.csv.gz', '.task.json'), 'utf8')) as Task;
}

itWithData('TF-Bind-8 is a sequence of 8 bases, with its palindromes twice', 'tfbind8/tfbind8.csv.gz', async (file) => {
  const table = await readTable(file, { reward: 'score', direction: 'maximize' });
  expect(table.space.definition.parameters).toEqual({ sequence: { type: 'sequence', alphabet: 'ACGT', length: 8 } });
  expect(table.designs).toHaveLength(65_792);
  expect(table.repeats).toBe(256);
  expect(table.designs[1]).toEqual({ sequence: 'AAAAAAAC' });
  expect(table.rewards[1]).toBe(0.366511345);
});

const superconductor = 'superconductor/superconductor.csv.gz';

itWithData('superconductors have 86 amounts, and rows without a label', superconductor, async (file) => {
  const table = await readTable(file, { reward: 'critical_temp', direction: 'maximize', ignore: ['material'] });
  expect(table.space.names).toHaveLength(86);
  expect(table.designs).toHaveLength(21_263);
  expect(table.rewards.filter((value) => Number.isNaN(value))).toHaveLength(2_126);
  expect(table.designs[0]).toMatchObject({ O: 4, Cu: 1, Ba: 0.2, La: 1.8, H: 0 });
  expect(table.rewards[0]).toBe(29);
  expect(table.space.definition.parameters['Ar']).toEqual({ type: 'integer', min: 0, max: 0 });
});

itWithData('superconductors need their names ignored', superconductor, async (file) => {
  await expect(readTable(file, { reward: 'critical_temp', direction: 'maximize' })).rejects.toThrow(
    /column "material" holds 15542 distinct texts in 21263 rows, .* --ignore material, or say what it is with --space$/,
  );
});

itWithData('concrete has seven amounts and a whole number of days', 'uci/concrete.csv.gz', async (file) => {
  const table = await readTable(file, { reward: 'strength', direction: 'maximize' });
  expect(Object.values(table.space.definition.parameters).map(({ type }) => type)).toEqual([
    ...Array<string>(7).fill('real'),
    'integer',
  ]);
  expect(table.space.definition.parameters['age']).toEqual({ type: 'integer', min: 1, max: 365 });
  expect(table.designs).toHaveLength(1030);
  expect(table.decimals).toMatchObject({ cement: 1, age: 0, strength: 2 });
});

itWithData('airfoil noise is to be minimized', 'uci/airfoil.csv.gz', async (file) => {
  const table = await readTable(file, { reward: 'sound_pressure_level', direction: 'minimize' });
  expect(table.direction).toBe('minimize');
  expect(table.designs[0]).toEqual({
    frequency: 800,
    angle_of_attack: 0,
    chord_length: 0.3048,
    free_stream_velocity: 71.3,
    displacement_thickness: 0.00266337,
  });
});

itWithData('a complete factorial of a reaction is guessed as its task says', 'lab/suzuki_edbo.csv.gz', async (file) => {
  const { space, reward, direction } = taskOf(file);
  const given = await readTable(file, { reward, direction, space });
  const guessed = await readTable(file, { reward, direction });
  expect(given.designs).toHaveLength(3696);
  expect(given.space.size).toBe(3696);
  expect(given.repeats).toBe(0);
  expect(guessed.space.size).toBe(3696);
  expect(guessed.designs).toEqual(given.designs);
  const candidates = await readDesigns(file, given.space);
  expect(candidates.designs).toEqual(given.designs);
  expect(candidates.extra.map(({ name }) => name)).toEqual(['yield']);
});

itWithData('four shares of a solar cell sum to one', 'lab/photo_pce10.csv.gz', async (file) => {
  const table = await readTable(file, taskOf(file));
  expect(table.designs).toHaveLength(1040);
  expect(table.repeats).toBe(20);
  expect(table.designs.every((design) => table.space.satisfies(design, 1e-6))).toBe(true);
});

for (const name of ['agnp', 'buchwald_a', 'buchwald_b', 'colors_bob', 'crossed_barrel', 'hplc', 'p3ht', 'snar']) {
  itWithData(`every row of ${name} is in its task's space`, `lab/${name}.csv.gz`, async (file) => {
    const table = await readTable(file, taskOf(file));
    expect(table.designs.every((design) => table.space.problemWith(design) === undefined)).toBe(true);
  });
}

itWithData('a grid of hyper-parameters mixes kinds', 'hpo/hpolib_naval_propulsion.csv.gz', async (file) => {
  const seeds = [1, 2, 3].map((seed) => `valid_mse_seed${seed}`);
  const table = await readTable(file, { reward: 'valid_mse_seed0', direction: 'minimize', ignore: seeds });
  const parameters = Object.values(table.space.definition.parameters).map(({ type }) => type);
  expect(parameters.join(' ')).toBe('categorical categorical integer real real real categorical integer integer');
  expect(table.designs).toHaveLength(62_208);
  expect(table.repeats).toBe(0);
});

itWithData('exponents count as decimals', 'hpo/hpobench_car.csv.gz', async (file) => {
  const seeds = [1, 2, 3, 4].map((seed) => `valid_accuracy_seed${seed}`);
  const table = await readTable(file, { reward: 'valid_accuracy_seed0', direction: 'maximize', ignore: seeds });
  expect(table.space.definition.parameters['alpha']).toEqual({ type: 'real', min: 1e-8, max: 1 });
  expect(table.designs[0]).toEqual({ alpha: 1e-8, batch_size: 4, depth: 1, learning_rate_init: 1e-5, width: 16 });
});

itWithData('a whole file is found where the data is', 'README.md', (file) => {
  expect(findData('README.md')).toBe(file);
  expect(findData('no/such/file.csv')).toBeUndefined();
});
