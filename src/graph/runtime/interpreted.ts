import { setImmediate } from 'node:timers/promises';
import { interpret, type Machine } from '../interpret.ts';
import { signatureOf } from '../signature.ts';
import type { DType, Graph } from '../tensor.ts';
import { checkedProgram, unwritten } from './program.ts';
import type { NamedValues, Program, Values } from './types.ts';

/** A machine that exchanges values with the caller. */
export interface Host<Value> extends Machine<Value> {
  /** A value of its own: the array is copied. */
  receive(values: Values, dtype: DType): Value;
  /** A copy. */
  send(value: Value, dtype: DType): Values;
}

/** Runs a graph op by op on the caller's thread; calls queue, and the event loop gets a turn before each run. */
export function interpretedProgram<Value>(host: Host<Value>, graph: Graph): Program {
  const signature = signatureOf(graph);
  const outputs = Object.entries(graph.outputs);
  const updated = (graph.updates ?? []).map(({ variable }) => variable);
  const dtypes = new Map([...signature.inputs, ...signature.variables, ...updated].map((x) => [x.name, x.dtype]));
  const variables = new Map<string, Value>();
  let queue: Promise<unknown> = Promise.resolve();
  const queued = <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };
  const dtypeOf = (name: string, { data }: Values): DType =>
    dtypes.get(name) ?? (data instanceof Int32Array ? 'int' : 'float');
  const receive = (values: NamedValues): [string, Value][] =>
    Object.entries(values).map(([name, value]) => [name, host.receive(value, dtypeOf(name, value))]);
  const set = (name: string, value: Value): void => {
    const before = variables.get(name);
    if (before !== undefined) host.release(before);
    variables.set(name, value);
  };

  const run = (inputs: NamedValues): NamedValues => {
    const given = receive(inputs);
    try {
      const results = host.scoped(() => {
        const computed = interpret(host, signature.plan, graph, new Map([...variables, ...given]));
        return [...computed.outputs, ...computed.updates];
      });
      const sent = outputs.map(([name, { dtype }], index) => [name, host.send(results[index]!, dtype)] as const);
      results.slice(0, outputs.length).forEach((value) => host.release(value));
      updated.forEach(({ name }, index) => set(name, results[outputs.length + index]!));
      return Object.fromEntries(sent);
    } finally {
      for (const [, value] of given) host.release(value);
    }
  };

  const write = (values: NamedValues): Promise<void> => {
    const received = receive(values);
    return queued(() => received.forEach(([name, value]) => set(name, value)));
  };

  return checkedProgram(signature, {
    write,
    give: write,
    read: (names) =>
      queued(() =>
        Object.fromEntries(
          names.map((name) => {
            const value = variables.get(name);
            if (value === undefined) throw unwritten(name);
            return [name, host.send(value, dtypes.get(name) ?? 'float')];
          }),
        ),
      ),
    run: (inputs) =>
      queued(async () => {
        await setImmediate();
        return run(inputs);
      }),
    dispose: () =>
      queued(() => {
        variables.forEach((value) => host.release(value));
        variables.clear();
      }),
  });
}
