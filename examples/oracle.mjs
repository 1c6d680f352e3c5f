// An oracle command: diffopt optimize --command "node oracle.mjs". Print nothing else to stdout; console.error is fine.
import { createInterface } from 'node:readline';

for await (const line of createInterface({ input: process.stdin })) {
  const { id, design } = JSON.parse(line);
  const { x, y } = design;
  const reward = -((x - 0.3) ** 2) - (y - 0.6) ** 2;
  console.log(JSON.stringify(Number.isFinite(reward) ? { id, reward } : { id, error: 'x and y are to be numbers' }));
}
