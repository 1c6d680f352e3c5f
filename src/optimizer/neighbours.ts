import type { Design, Space } from '../space/index.ts';

/** Designs of the space that differ from one in a single choice without order, fixed ones excepted. */
export function choiceNeighbours(space: Space, design: Design): readonly Design[] {
  return choicesOf(space).flatMap(([name, values]) =>
    values
      .filter((value) => value !== design[name])
      .map((value) => ({ ...design, [name]: value }))
      .filter((neighbour) => space.problemWith(neighbour) === undefined),
  );
}

/** Whether designs differ from one in a single choice without order, and in nothing else. */
export function choiceNeighbourTest(space: Space, design: Design): (other: Design) => boolean {
  const choices = new Set(choicesOf(space).map(([name]) => name));
  if (choices.size === 0) return () => false;
  return (other) => {
    const different = space.names.filter((name) => other[name] !== design[name]);
    return different.length === 1 && choices.has(different[0]!);
  };
}

function choicesOf({ definition, fixed }: Space) {
  return Object.entries(definition.parameters).flatMap(([name, parameter]) =>
    parameter.type === 'categorical' && fixed[name] === undefined ? [[name, parameter.values] as const] : [],
  );
}
