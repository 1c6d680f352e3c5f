/** Seconds of processor time that this process has used, all its threads together: what other work on the machine does not change. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
