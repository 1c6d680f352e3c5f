import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../benchmarks/data.ts';
import type { PeerProgram } from '../../../benchmarks/index.ts';
import { folderWith } from '../../support/cli.ts';

/** What the random peer does wrong. */
export type Trouble = 'none' | 'import' | 'raise' | 'die' | 'hang' | 'outside' | 'babble';

const source = `
import os, random, sys, time
sys.path.insert(0, ${JSON.stringify(join(packageRoot(), 'benchmarks', 'peers'))})
from peer_protocol import ALL, Asked, serve

trouble = sys.argv[1]
with open(__file__ + ".pid", "w") as file:
    file.write(str(os.getpid()))

class RandomPeer:
    def __init__(self, task):
        if trouble == "import":
            import no_such_package_anywhere
        self.task, self.stream, self.count = task, random.Random(task.seed), 0
        print("what a library prints")

    def ask(self, count):
        if trouble == "raise":
            raise ArithmeticError("the matrix is singular")
        if trouble == "die":
            print("about to die", file=sys.stderr, flush=True)
            os._exit(7)
        if trouble == "hang":
            time.sleep(600)
        return [self.one() for _ in range(count)]

    def one(self):
        self.count += 1
        if trouble == "outside":
            return Asked({name: "nowhere" for name in self.task.space.parameters})
        if self.task.candidates is not None:
            return Asked(self.stream.choice(self.task.candidates))
        units = [self.stream.random() for _ in self.task.space.columns]
        return Asked(self.task.space.design_of_units(units), self.count)

    def tell(self, told):
        for evaluation in told:
            values = self.task.space.values(evaluation.design)
            if evaluation.asked is not None and evaluation.asked.token is not None:
                before = self.task.space.values(evaluation.asked.design)
                if any(abs(a - b) > 1e-9 for a, b in zip(before, values)):
                    raise ValueError(f"asked {before}, told {values}")

if trouble == "babble":
    print("Welcome!", flush=True)
    sys.stdin.read()
serve("random", RandomPeer, ALL, takes_candidates=True)
`;

/** A peer that needs nothing but Python, in a folder of its own, with the packages that it claims to need. */
export function randomPeer(trouble: Trouble = 'none', requirements = '', python = 'python3'): PeerProgram {
  const folder = folderWith({ 'random_peer.py': source });
  mkdirSync(join(folder, 'requirements'));
  writeFileSync(join(folder, 'requirements', 'random.txt'), requirements);
  return { name: 'random', words: [python, join(folder, 'random_peer.py'), trouble] };
}
