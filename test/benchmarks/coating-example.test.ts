import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  bandReflectance,
  coatingSpace,
  designOf,
  layersOf,
  meanReflectance,
  meanReflectanceOver,
  median,
  packageRoot,
  type Layer,
} from '../../benchmarks/index.ts';
import { differentialEvolution } from '../../examples/coating/differential-evolution.ts';
import { materialDescent, thicknessDescent } from '../../examples/coating/search.ts';
import { randomStream } from '../../src/base/index.ts';
import type { Design } from '../../src/space/index.ts';

const folder = join(packageRoot(), 'examples/coating');
const experiments: Record<string, string>[] = parse(readFileSync(join(folder, 'experiments.csv')), { columns: true });

function designOfRow({ reflectance: _, ...cells }: Record<string, string>): Design {
  return Object.fromEntries(
    Object.entries(cells).map(([name, cell]) => [name, name.startsWith('thickness') ? Number(cell) : cell]),
  );
}

describe('the data of the coating example', () => {
  it('is what the script makes, byte for byte', () => {
    const made = mkdtempSync(join(tmpdir(), 'coating-'));
    onTestFinished(() => rmSync(made, { recursive: true }));
    execFileSync(process.execPath, [join(packageRoot(), 'dist/examples/coating/experiments.js'), made]);
    for (const file of ['experiments.csv', 'space.json']) {
      expect(readFileSync(join(made, file)).equals(readFileSync(join(folder, file))), file).toBe(true);
    }
  });

  it('holds the space of the oracle', () => {
    expect(JSON.parse(readFileSync(join(folder, 'space.json'), 'utf8'))).toEqual(coatingSpace);
  });

  it('holds 400 different coatings with the reflectance that the oracle gives', () => {
    expect(new Set(experiments.map((row) => JSON.stringify(designOfRow(row)))).size).toBe(400);
    for (const row of experiments) {
      expect(Object.keys(row)).toEqual([...Object.keys(coatingSpace.parameters), 'reflectance']);
      expect(row['reflectance']).toBe(meanReflectance(designOfRow(row)).toFixed(4));
    }
  });

  it('leaves room: its best coating is worse than one film of MgF2, its median far worse than bare glass', () => {
    const rewards = experiments.map((row) => Number(row['reflectance']));
    expect(Math.min(...rewards)).toBeGreaterThan(1.4404);
    expect(median(rewards)).toBeGreaterThan(3 * bandReflectance([]));
  });
});

describe('differential evolution', () => {
  const settings = { population: 40, generations: 400, crossover: 0.5 };
  const target = [0.1, 0.5, 0.9, 0.02, 0.98];
  const bowl = (point: Float64Array): number => point.reduce((sum, x, i) => sum + (x - target[i]!) ** 2, 0);
  const rippled = (point: Float64Array): number =>
    point.reduce((sum, x, i) => sum + (10 * (x - target[i]!)) ** 2 + 3 * (1 - Math.cos(60 * (x - target[i]!))), 0);

  it.each([
    ['a bowl', bowl],
    ['a bowl with ripples', rippled],
  ])('finds the minimum of %s', (_, objective) => {
    const { point, value } = differentialEvolution(objective, 5, { ...settings, stream: randomStream(1) });
    expect(value).toBeLessThan(1e-6);
    expect(value).toBe(objective(point));
    target.forEach((x, i) => expect(point[i]).toBeCloseTo(x, 3));
  });

  it('stays in the unit cube when the minimum lies outside', () => {
    const visited: number[] = [];
    const outside = (point: Float64Array): number => {
      visited.push(...point);
      return (point[0]! - 2) ** 2 + (point[1]! + 1) ** 2;
    };
    const { point } = differentialEvolution(outside, 2, { ...settings, generations: 60, stream: randomStream(2) });
    expect(visited.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(point[0]).toBeGreaterThan(0.999);
    expect(point[1]).toBeLessThan(0.001);
  });
});

describe('descent from a coating', () => {
  const start = (['SiO2', 'TiO2', 'SiO2', 'Al2O3', 'SiO2', 'Al2O3'] as const).map((material): Layer => ({
    material,
    thickness: 70,
  }));
  const elevenWavelengths = meanReflectanceOver(Array.from({ length: 11 }, (_, i) => 400 + 30 * i));

  it('over thicknesses ends where no step of 0.1 nm helps', () => {
    const end = thicknessDescent(start, bandReflectance);
    const value = bandReflectance(end);
    expect(value).toBeLessThan(bandReflectance(start));
    for (const [i, { thickness }] of end.entries()) {
      expect(thickness).toBe(Math.round(thickness * 10) / 10);
      for (const moved of [thickness - 0.1, thickness + 0.1].filter(
        (candidate) => candidate >= 10 && candidate <= 200,
      )) {
        expect(bandReflectance(end.with(i, { ...end[i]!, thickness: moved }))).toBeGreaterThanOrEqual(value - 1e-12);
      }
    }
  });

  it('over materials beats thicknesses alone and stays in the space', () => {
    const byThickness = thicknessDescent(start, elevenWavelengths);
    const byMaterial = materialDescent(start, elevenWavelengths);
    expect(elevenWavelengths(byMaterial)).toBeLessThan(0.8 * elevenWavelengths(byThickness));
    expect(layersOf(designOf(byMaterial))).toEqual(byMaterial);
  });
});
