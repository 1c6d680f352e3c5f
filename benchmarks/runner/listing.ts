import { taskGroupNames, taskGroups } from '../tasks/catalogue.ts';
import { onlineGroupNames, onlineGroups } from '../tasks/online/catalogue.ts';
import type { Registry } from './registry.ts';
import { suiteNames, theorySuites } from './terms.ts';

/** Names of everything that can be asked for. */
export interface Listing {
  readonly suites: readonly string[];
  readonly offline: { readonly tasks: readonly string[]; readonly methods: readonly string[] };
  readonly online: { readonly tasks: readonly string[]; readonly methods: readonly string[] };
  /** Tasks that go by one name together. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

export function listingOf({ offline, online }: Registry): Listing {
  const grouped = [
    ...taskGroupNames.map((name) => [name, taskGroups[name]] as const),
    ...onlineGroupNames.map((name) => [name, onlineGroups[name]] as const),
  ].filter(([name, tasks]) => tasks.length > 1 || tasks[0] !== name);
  return {
    suites: [...suiteNames, ...theorySuites],
    offline: { tasks: offline.taskNames, methods: offline.methodNames },
    online: { tasks: online.taskNames, methods: online.methodNames },
    groups: Object.fromEntries(grouped),
  };
}
