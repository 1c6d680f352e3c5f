import {
  initialState,
  stepRates,
  trainingGraph,
  trainingNames,
  type NamedValues,
  type Runtime,
} from '../../src/graph/index.ts';
import { timed, type Contestant } from './contestant.ts';
import { drawn, type Model } from './models.ts';

/** The learning rate is that of every contestant. */
export const learningRate = 1e-3;
export const weightDecay = 0.01;
export const averageDecay = 0.999;

/** A model trained by the engine on a runtime. */
export function engineContestant(runtime: Runtime, model: Model, name: string = runtime.name): Contestant {
  return {
    name,
    open: async (size) => {
      const definition = model(size);
      const { parameters, data, inputs } = drawn(definition);
      const program = await runtime.compile(trainingGraph(definition));
      await program.give(initialState(definition, parameters));
      await program.write(
        Object.fromEntries(Object.entries(data).map(([key, value]) => [trainingNames.data(key), value])),
      );
      const rates = { learningRate: () => learningRate, weightDecay, averageDecay };
      let step = 0;
      return {
        run: async () => {
          const given = { ...inputs(), ...stepRates(step, size.steps, rates) };
          step += size.steps;
          let results: NamedValues = {};
          const total = await timed(async () => (results = await program.run(given)));
          return { milliseconds: total / Math.max(1, size.steps), losses: Array.from(results['losses']!.data) };
        },
        close: () => program.dispose(),
      };
    },
  };
}
