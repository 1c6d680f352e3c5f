import { writeRunReport } from '../report/index.ts';
import type { Run } from '../run/index.ts';

/** While a run goes on its report is written again when so many times as long went by as writing it took. */
const patience = 20;

/** The report of a run, `report.html` in its directory. */
export interface ReportOfRun {
  readonly write: () => Promise<void>;
  /** Writes it unless that would take a good part of the run's time. */
  readonly writeNowAndThen: () => Promise<void>;
}

export function reportOf({ directory, record }: Run): ReportOfRun {
  let took = 0;
  let last = performance.now();
  async function write(): Promise<void> {
    const start = performance.now();
    await writeRunReport(directory, record);
    last = performance.now();
    took = last - start;
  }
  return {
    write,
    writeNowAndThen: async () => {
      if (performance.now() - last > patience * took) await write();
    },
  };
}
