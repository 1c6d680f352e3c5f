/** What a program said about an evaluation; `id` is undefined where it named none. */
export type Answer = { readonly id: string | undefined } & ({ readonly reward: number } | { readonly error: string });

/** JSON knows no NaN, yet Python and others print it. */
function parseJson(line: string): unknown {
  const known = line.replace(
    /("(?:[^"\\]|\\.)*")|-?\bInfinity\b|\bNaN\b/g,
    (_, text: string | undefined) => text ?? 'null',
  );
  try {
    return JSON.parse(known);
  } catch {
    return undefined;
  }
}

/** A piece of output as messages show it. */
export function excerpt(line: string): string {
  const longest = 120;
  return JSON.stringify(line.length > longest ? `${line.slice(0, longest)}...` : line);
}

/**
 * The answer that a line of JSON holds: `{"id": "r3-17", "reward": 0.82}` or `{"id": "r3-17", "error": "pump blocked"}`; a reward of
 * null, NaN or Infinity is NaN. Undefined for a line that is no JSON object.
 */
export function parseAnswer(line: string): Answer | undefined {
  const value = parseJson(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { id: named, reward, error } = value as Readonly<Record<string, unknown>>;
  const id = typeof named === 'string' ? named : undefined;
  if (error !== undefined && error !== null)
    return { id, error: typeof error === 'string' ? error : JSON.stringify(error) };
  if (typeof reward === 'number') return { id, reward };
  if (reward === null) return { id, reward: NaN };
  return { id, error: `answered ${excerpt(line)}, and a number as "reward" or a text as "error" was expected` };
}
