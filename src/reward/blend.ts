import { add, multiply, type Tensor } from '../graph/index.ts';
import { calibration, judge, widened } from './quality.ts';
import type { LabelledRows, Predictions, Surrogate } from './surrogate.ts';

/** What weighs on an error of nothing: a share of the rewards' variance. */
const leastError = 1e-6;

/** Weights that add up to 1, in proportion to 1 / mean squared held-out error. */
function weightsOf(members: readonly Surrogate[]): readonly number[] {
  const precision = members.map(({ quality }) => 1 / Math.max(leastError, 1 - quality.r2));
  const total = precision.reduce((sum, value) => sum + value, 0);
  return precision.map((value) => value / total);
}

/** The mixture's mean, and the standard deviation with its members' disagreement in it: sum of w (std^2 + (mean - mixture)^2). */
function mixed(predictions: readonly Predictions[], weights: readonly number[]): Predictions {
  const mean = predictions[0]!.mean.map((_, i) =>
    predictions.reduce((sum, one, member) => sum + weights[member]! * one.mean[i]!, 0),
  );
  const std = mean.map((center, i) =>
    Math.sqrt(
      predictions.reduce(
        (sum, one, member) => sum + weights[member]! * (one.std[i]! ** 2 + (one.mean[i]! - center) ** 2),
        0,
      ),
    ),
  );
  return { mean, std };
}

/** The weighted sum of the members' means that have slopes; undefined where none has. */
function mixedGraph(members: readonly Surrogate[], weights: readonly number[]): Surrogate['graph'] {
  const sloped = members.flatMap(({ graph }, member) =>
    graph === undefined ? [] : [{ graph, weight: weights[member]! }],
  );
  const total = sloped.reduce((sum, { weight }) => sum + weight, 0);
  if (sloped.length === 0) return undefined;
  return (designs: Tensor) =>
    sloped.map(({ graph, weight }) => multiply(graph(designs), weight / total)).reduce((a, b) => add(a, b));
}

/**
 * Several kinds of surrogate as one: they err in different places, so a design that all of them like is a safer choice than one that a
 * single kind likes. Each counts by its held-out error; what they disagree about adds to the standard deviation, which is calibrated
 * on held-out rows as each kind's own is. Disposing of it disposes of the members.
 */
export function blend(members: readonly Surrogate[], { rewards }: LabelledRows): Surrogate {
  const weights = weightsOf(members);
  const raw = mixed(
    members.map(({ heldOut }) => heldOut),
    weights,
  );
  const factor = calibration(raw, rewards);
  const heldOut = widened(raw, factor);
  const graph = mixedGraph(members, weights);
  const trained = members.find(({ curve }) => curve.steps.length > 0) ?? members[0]!;
  return {
    name: 'blend',
    heldOut,
    quality: judge(heldOut, rewards),
    curve: trained.curve,
    settings: Object.fromEntries(
      members.flatMap(({ name, settings }, member) => [
        [`${name}: weight`, Number(weights[member]!.toFixed(3))],
        ...Object.entries(settings).map(([key, value]) => [`${name}: ${key}`, value] as const),
      ]),
    ),
    ...(graph === undefined ? {} : { graph }),
    doubtsDistance: members.some(({ doubtsDistance }) => doubtsDistance === true),
    predict: async (designs) => {
      const each: Predictions[] = [];
      for (const member of members) each.push(await member.predict(designs));
      return widened(mixed(each, weights), factor);
    },
    dispose: async () => {
      for (const member of members) await member.dispose();
    },
  };
}
