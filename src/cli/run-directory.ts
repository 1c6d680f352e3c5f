import { UserError, messageOf } from '../base/index.ts';
import { holdsRun, openRun, readEvents, type Run, type RunSettings } from '../run/index.ts';

/** Where a run is kept when the user names no directory. */
export const defaultDirectory = 'diffopt-run';

/** The settings that a directory's run was begun with; undefined where there is none. Throws a data error where something else is. */
export async function settingsBegun(directory: string): Promise<RunSettings | undefined> {
  if (!(await holdsRun(directory))) return undefined;
  for await (const { event } of readEvents(directory)) return event.event === 'begin' ? event.settings : undefined;
  return undefined;
}

/** Begins or resumes a run as `openRun` does; where the directory was not named, a refusal says how to name another. */
export async function openNamedRun(named: string | undefined, settings: RunSettings): Promise<Run> {
  try {
    return await openRun(named ?? defaultDirectory, settings);
  } catch (error) {
    if (named !== undefined || !(error instanceof UserError) || error.kind === 'stopped') throw error;
    throw new UserError(error.kind, `${messageOf(error)}; --run names another directory`, { cause: error });
  }
}
