import type { CellKey } from '../offline/cells.ts';

/** A part of the evidence: what is measured, and the tables that it is shown in. */
export interface Part {
  /** What is measured for every seed, in this order. */
  readonly settings: readonly Pick<CellKey, 'task' | 'method' | 'count'>[];
  readonly seeds: readonly number[];
  /** Measures one setting, and says in a line what came of it. */
  readonly measure: (key: CellKey) => Promise<{ readonly cell: CellKey; readonly line: string }>;
  /** The results as Markdown, of those cells of this part that there are. */
  readonly text: (cells: readonly CellKey[]) => string;
}

/** Every pair of a task and a method. */
export function settingsOf<Task extends string, Method extends string>(
  tasks: readonly Task[],
  methods: readonly Method[],
  count: number,
): readonly { readonly task: Task; readonly method: Method; readonly count: number }[] {
  return tasks.flatMap((task) => methods.map((method) => ({ task, method, count })));
}
