import { dataError } from '../../src/base/index.ts';
import type { Design, Parameter, SpaceDefinition, Value } from '../../src/space/index.ts';
import type { Direction } from '../../src/table/index.ts';

/** What a layer can be made of, by rising refractive index. */
export const coatingMaterials = ['MgF2', 'SiO2', 'Al2O3', 'Ta2O5', 'TiO2'] as const;
export type CoatingMaterial = (typeof coatingMaterials)[number];

/** The glass under the layers. */
export type Glass = 'BK7';

/** A homogeneous film; thickness in nm. */
export interface Layer {
  readonly material: CoatingMaterial;
  readonly thickness: number;
}

type Medium = CoatingMaterial | Glass;
type Indices = Readonly<Record<Medium, number>>;

/** One term B L / (L - C) of Sellmeier's formula: strength B and squared resonance wavelength C in um^2. */
type SellmeierTerm = readonly [strength: number, resonance: number];

/** Sellmeier: n^2 = 1 + sum of B L / (L - C), with L the squared wavelength in um^2. */
function sellmeier(...terms: readonly SellmeierTerm[]): (squaredWavelength: number) => number {
  return (squared) =>
    Math.sqrt(terms.reduce((sum, [strength, resonance]) => sum + (strength * squared) / (squared - resonance), 1));
}

/** Cauchy: n = A + B / L, with L the squared wavelength in um^2. */
function cauchy(constant: number, slope: number): (squaredWavelength: number) => number {
  return (squared) => constant + slope / squared;
}

/**
 * Refractive index by squared vacuum wavelength in um^2; no absorption.
 *
 * MgF2: ordinary ray, M. J. Dodge, Appl. Opt. 23, 1980 (1984). SiO2: I. H. Malitson, J. Opt. Soc. Am. 55, 1205 (1965).
 * BK7: data sheet of Schott N-BK7. Al2O3, Ta2O5 and TiO2: two-term Cauchy formulas with values usual for evaporated films.
 */
const dispersion: { readonly [M in Medium]: (squaredWavelength: number) => number } = {
  MgF2: sellmeier([0.48755108, 0.04338408 ** 2], [0.39875031, 0.09461442 ** 2], [2.3120353, 23.793604 ** 2]),
  SiO2: sellmeier([0.6961663, 0.0684043 ** 2], [0.4079426, 0.1162414 ** 2], [0.8974794, 9.896161 ** 2]),
  Al2O3: cauchy(1.63, 0.006),
  Ta2O5: cauchy(2.07, 0.022),
  TiO2: cauchy(2.25, 0.05),
  BK7: sellmeier([1.03961212, 0.00600069867], [0.231792344, 0.0200179144], [1.01046945, 103.560653]),
};

/** Refractive index at a vacuum wavelength in nm; the formulas are meant for visible light. */
export function refractiveIndex(medium: CoatingMaterial | Glass, wavelength: number): number {
  return dispersion[medium]((wavelength / 1000) ** 2);
}

function indicesAt(wavelength: number): Indices {
  const squared = (wavelength / 1000) ** 2;
  return {
    MgF2: dispersion.MgF2(squared),
    SiO2: dispersion.SiO2(squared),
    Al2O3: dispersion.Al2O3(squared),
    Ta2O5: dispersion.Ta2O5(squared),
    TiO2: dispersion.TiO2(squared),
    BK7: dispersion.BK7(squared),
  };
}

/** Tangential fields at the front surface for a transmitted electric field of 1: electric E = er + i ei, magnetic H = hr + i hi
 *  in units of the vacuum admittance. */
interface FrontFields {
  readonly er: number;
  readonly ei: number;
  readonly hr: number;
  readonly hi: number;
}

/**
 * Transfer-matrix method at normal incidence (F. Abeles 1950; Macleod, Thin-Film Optical Filters, ch. 2): from the glass
 * upwards every layer multiplies (E, H) by [[cos p, i sin p / n], [i n sin p, cos p]], p = 2 pi n thickness / wavelength.
 */
function frontFields(layers: readonly Layer[], wavelength: number, indices: Indices): FrontFields {
  const wavenumber = (2 * Math.PI) / wavelength;
  let er = 1;
  let ei = 0;
  let hr = indices.BK7;
  let hi = 0;
  for (let i = layers.length - 1; i >= 0; i--) {
    const { material, thickness } = layers[i]!;
    const index = indices[material];
    const phase = wavenumber * index * thickness;
    const cos = Math.cos(phase);
    const sin = Math.sin(phase);
    const erBelow = er;
    const eiBelow = ei;
    er = cos * er - (sin / index) * hi;
    ei = cos * ei + (sin / index) * hr;
    hr = cos * hr - index * sin * eiBelow;
    hi = cos * hi + index * sin * erBelow;
  }
  return { er, ei, hr, hi };
}

/** |(E - H) / (E + H)|^2: light comes from air, whose admittance is 1. */
function reflectedShare({ er, ei, hr, hi }: FrontFields): number {
  return ((er - hr) ** 2 + (ei - hi) ** 2) / ((er + hr) ** 2 + (ei + hi) ** 2);
}

/** 4 n_glass / |E + H|^2. */
function transmittedShare({ er, ei, hr, hi }: FrontFields, glassIndex: number): number {
  return (4 * glassIndex) / ((er + hr) ** 2 + (ei + hi) ** 2);
}

/** Reflected share (0 to 1) of light of one vacuum wavelength (nm) that comes from air onto the layers, the first layer first,
 *  on semi-infinite BK7 at normal incidence; the glass's rear surface is left out. */
export function reflectance(layers: readonly Layer[], wavelength: number): number {
  return reflectedShare(frontFields(layers, wavelength, indicesAt(wavelength)));
}

/** Share (0 to 1) of that light that goes into the glass, computed on its own and not as 1 - reflectance. */
export function transmittance(layers: readonly Layer[], wavelength: number): number {
  const indices = indicesAt(wavelength);
  return transmittedShare(frontFields(layers, wavelength, indices), indices.BK7);
}

/** The mean reflectance of any number of layers over some vacuum wavelengths (nm), in percent, as a function of the layers. */
export function meanReflectanceOver(wavelengths: readonly number[]): (layers: readonly Layer[]) => number {
  const indices = wavelengths.map(indicesAt);
  return (layers) => {
    let sum = 0;
    for (let i = 0; i < wavelengths.length; i++)
      sum += reflectedShare(frontFields(layers, wavelengths[i]!, indices[i]!));
    return (100 * sum) / wavelengths.length;
  };
}

/** The 301 wavelengths of the objective: 400, 401, ..., 700 nm. */
export const coatingWavelengths: readonly number[] = Array.from({ length: 301 }, (_, i) => 400 + i);

/** Mean reflectance of any number of layers over `coatingWavelengths`, in percent. */
export const bandReflectance: (layers: readonly Layer[]) => number = meanReflectanceOver(coatingWavelengths);

/** Layers of a design, and the bounds and step of their thickness in nm. */
export const coatingLayers = 6;
export const coatingThickness = { min: 10, max: 200, step: 0.1 } as const;

const layerNumbers = Array.from({ length: coatingLayers }, (_, i) => i + 1);

/** `material_1`, `thickness_1`, ..., `material_6`, `thickness_6`: the layer that light meets first is layer 1. */
export const coatingSpace: SpaceDefinition = {
  parameters: Object.fromEntries(
    layerNumbers.flatMap((number): [string, Parameter][] => [
      [`material_${number}`, { type: 'categorical', values: coatingMaterials }],
      [`thickness_${number}`, { type: 'real', ...coatingThickness }],
    ]),
  ),
};

export const coatingReward = 'reflectance';
export const coatingDirection: Direction = 'minimize';

/** The layers of a design of `coatingSpace`. Throws a data error for a value outside the space (steps are not checked). */
export function layersOf(design: Design): readonly Layer[] {
  return layerNumbers.map((number) => ({
    material: materialOf(design, number),
    thickness: thicknessOf(design, number),
  }));
}

function materialOf(design: Design, number: number): CoatingMaterial {
  const value = design[`material_${number}`];
  const material = coatingMaterials.find((known) => known === value);
  if (material !== undefined) return material;
  throw dataError(`material_${number} is ${shown(value)}; expected one of ${coatingMaterials.join(', ')}.`);
}

function thicknessOf(design: Design, number: number): number {
  const value = design[`thickness_${number}`];
  const { min, max } = coatingThickness;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw dataError(`thickness_${number} is ${shown(value)}; expected a number from ${min} to ${max} (nm).`);
}

function shown(value: string | number | undefined): string {
  return value === undefined ? 'missing' : typeof value === 'string' ? `"${value}"` : String(value);
}

/** The design of `coatingSpace` with these six layers. Throws a data error for another number of layers. */
export function designOf(layers: readonly Layer[]): Design {
  if (layers.length !== coatingLayers)
    throw dataError(`A coating has ${coatingLayers} layers; found ${layers.length}.`);
  return Object.fromEntries(
    layers.flatMap(({ material, thickness }, i): [string, Value][] => [
      [`material_${i + 1}`, material],
      [`thickness_${i + 1}`, thickness],
    ]),
  );
}

/** The oracle of the coating task: mean reflectance of a design over 400 to 700 nm, in percent, to be minimized. Exact and without
 *  noise. Throws a data error for a design outside `coatingSpace`. */
export function meanReflectance(design: Design): number {
  return bandReflectance(layersOf(design));
}
