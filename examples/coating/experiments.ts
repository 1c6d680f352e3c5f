/** Writes the example's data: experiments.csv, 400 uniformly random coatings with their reflectance, and space.json, what a coating
 *  is. Usage: node dist/examples/coating/experiments.js [FOLDER] (default: examples/coating) */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import {
  coatingLayers,
  coatingMaterials,
  coatingReward,
  coatingSpace,
  coatingThickness,
  designOf,
  meanReflectance,
  packageRoot,
} from '../../benchmarks/index.ts';
import { randomStream, type RandomStream } from '../../src/base/index.ts';
import type { Design, SpaceDefinition } from '../../src/space/index.ts';

const experiments = 400;
const seed = 0;

function randomCoating(stream: RandomStream): Design {
  const { min, max, step } = coatingThickness;
  const stepsPerUnit = Math.round(1 / step);
  return designOf(
    Array.from({ length: coatingLayers }, () => ({
      material: coatingMaterials[stream.integer(coatingMaterials.length)]!,
      thickness: (min * stepsPerUnit + stream.integer((max - min) * stepsPerUnit + 1)) / stepsPerUnit,
    })),
  );
}

/** A row of experiments.csv: thickness with one decimal, reflectance with four. */
function rowOf(design: Design): string[] {
  const values = Object.values(design).map((value) => (typeof value === 'number' ? value.toFixed(1) : value));
  return [...values, meanReflectance(design).toFixed(4)];
}

function experimentsFile(): string {
  const stream = randomStream(seed).split('experiments');
  const header = [...Object.keys(coatingSpace.parameters), coatingReward];
  return stringify([header, ...Array.from({ length: experiments }, (_, i) => rowOf(randomCoating(stream.split(i))))]);
}

/** JSON with a line for every parameter. */
function spaceFile({ parameters }: SpaceDefinition): string {
  const lines = Object.entries(parameters).map(([name, parameter]) => `    "${name}": ${spaced(parameter)}`);
  return `{\n  "parameters": {\n${lines.join(',\n')}\n  }\n}\n`;
}

/** JSON on one line, with a blank after every comma and colon and inside braces. */
function spaced(value: object): string {
  return JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ').replaceAll('[ ', '[').replaceAll(' ]', ']');
}

const folder = process.argv[2] ?? join(packageRoot(), 'examples/coating');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'experiments.csv'), experimentsFile());
writeFileSync(join(folder, 'space.json'), spaceFile(coatingSpace));
