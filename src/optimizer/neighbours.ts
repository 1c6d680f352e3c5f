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

/** Whether designs differ in a single choice without order, and in nothing else. */
export function areChoiceNeighbours(space: Space, a: Design, b: Design): boolean {
  const choices = choicesOf(space);
  if (choices.length === 0) return false;
  const different = space.names.filter((name) => a[name] !== b[name]);
  return different.length === 1 && choices.some(([name]) => name === different[0]);
}

function choicesOf({ definition, fixed }: Space) {
  return Object.entries(definition.parameters).flatMap(([name, parameter]) =>
    parameter.type === 'categorical' && fixed[name] === undefined ? [[name, parameter.values] as const] : [],
  );
}
