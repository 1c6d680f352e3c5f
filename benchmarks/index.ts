export {
  dataPath,
  findData,
  numberColumn,
  packageRoot,
  readColumns,
  textColumn,
  type Columns,
  type DataFile,
} from './data.ts';
export { randomUniform, randomUnseen, scoreSummary, type RandomBaseline } from './random-baselines.ts';
export { deviation, mean, median } from './statistics.ts';
export {
  bandReflectance,
  coatingDirection,
  coatingLayers,
  coatingMaterials,
  coatingReward,
  coatingSpace,
  coatingThickness,
  coatingWavelengths,
  designOf,
  layersOf,
  meanReflectance,
  meanReflectanceOver,
  reflectance,
  refractiveIndex,
  transmittance,
  type CoatingMaterial,
  type Glass,
  type Layer,
} from './tasks/coating.ts';
export { lookupOracle, type LookupOracle } from './tasks/lookup.ts';
export {
  loadOfflineTask,
  offlineTaskNames,
  tfLandscapeNames,
  type OfflineTask,
  type OfflineTaskName,
} from './tasks/offline.ts';
