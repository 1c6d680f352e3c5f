export { fromCoordinate, toCoordinate } from './axis.ts';
export { createDesignSet } from './designset.ts';
export { enumerate } from './enumerate.ts';
export { createRounder, roundDesign, type Rounder } from './rounding.ts';
export { sobolSequence } from './sobol.ts';
export { createSpace, parseSpace } from './space.ts';
export { spreadDesigns, stepOf, stepsOf } from './spread.ts';
export { acceptedValues, coerce, parseValue } from './values.ts';
export type {
  Axis,
  CategoricalParameter,
  Constraint,
  Design,
  DesignSet,
  EncodedColumn,
  EncodedConstraint,
  IntegerParameter,
  LinearConstraint,
  OnehotColumn,
  OrdinalParameter,
  Parameter,
  RealParameter,
  Relation,
  ScalarColumn,
  SequenceParameter,
  Space,
  SpaceDefinition,
  SumConstraint,
  Value,
} from './types.ts';
