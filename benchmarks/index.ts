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
export { bbob, bbobCount, bbobGroupNames, describeBbob, type BbobGroup } from './functions/bbob/bbob.ts';
export {
  ackley,
  branin,
  braninFunction,
  classic,
  classicNames,
  levy,
  rastrigin,
  rosenbrock,
  sphere,
  type ClassicName,
} from './functions/classic.ts';
export type { BoxFunction, Interval, TestFunction } from './functions/function.ts';
export { hiddenFailures, noisy } from './functions/hardships.ts';
export { lasso } from './functions/lasso.ts';
export { rotated, shifted } from './functions/moved.ts';
export { problemOf, type CoordinateKind, type Problem } from './functions/problem.ts';
export { rover } from './functions/rover.ts';
export {
  applies,
  methodNames,
  methods,
  randomMethodNames,
  randomMethods,
  type MethodName,
  type RandomMethodName,
} from './methods/catalogue.ts';
export { onlineMethodNames, onlineMethods, type OnlineMethodName } from './methods/online/catalogue.ts';
export {
  MissingMethodError,
  type Evaluation,
  type OnlineMethod,
  type OnlineOptimizer,
  type OnlineSettings,
} from './methods/online/method.ts';
export { nearestCandidate } from './methods/online/nearest-candidate.ts';
export { diffusionOptimizer } from './methods/online/ours.ts';
export { visibleTable, type Method, type Request } from './methods/method.ts';
export { random, randomUnseen, uniformDesign, type RandomMethod } from './methods/random.ts';
export { peerNames, type PeerName } from './peers/catalogue.ts';
export { PeerFailure, type PeerTrouble } from './peers/failure.ts';
export { availability, peer, peerOf, type Availability, type PeerOptions } from './peers/peer.ts';
export type { PeerProgram } from './peers/python.ts';
export {
  loadRegistry,
  runBenchmark,
  suiteNames,
  type BenchmarkCell,
  type BenchmarkOptions,
  type BenchmarkResult,
  type Extension,
  type OfflineCell,
  type OnlineCell,
  type Registry,
  type SuiteName,
} from './runner/index.ts';
export { holm, signedRankTest, type SignedRankTest } from './significance.ts';
export { deviation, mean, median } from './statistics.ts';
export { loadTask, taskGroups, taskNames, type TaskGroup, type TaskName } from './tasks/catalogue.ts';
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
  isOnlineTask,
  loadOnlineTask,
  onlineGroups,
  onlineTaskNames,
  type OnlineGroup,
} from './tasks/online/catalogue.ts';
export { initialDesigns, typicalCost, type Budget, type OnlineTask } from './tasks/online/task.ts';
export { landscapeNames } from './tasks/sequences.ts';
export type { Rows, Task } from './tasks/task.ts';
