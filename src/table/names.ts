/** A name as sentences show it. */
export function shownName(name: string): string {
  return JSON.stringify(name);
}

/** Names as sentences list them, the first `limit` of them. */
export function listNames(names: readonly string[], limit = 100): string {
  const shown = names.slice(0, limit).map(shownName).join(', ');
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}

/** A name as an argument of a shell command. */
export function asArgument(name: string): string {
  return /^[\w.+%@][\w.+%@-]*$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

/** Insertions, deletions and replacements from one text to the other (Levenshtein's distance). */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/** The name that was probably meant: the nearest when letter case is ignored, if two in five of its letters or fewer differ. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const distance = (other: string): number => editDistance(name.trim().toLowerCase(), other.trim().toLowerCase());
  const ranked = names.map((other) => ({ other, far: distance(other) })).sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= 0.4 * best.other.length ? best.other : undefined;
}

/** `data.csv has no column "yeild"; did you mean "yield"? Its columns are ...`, as one sentence. */
export function noSuchColumn(file: string, name: string, names: readonly string[], role = ''): string {
  const meant = closestName(name, names);
  const hint = meant === undefined ? '' : `; did you mean ${shownName(meant)}`;
  return `${file} has no column ${shownName(name)}${role}${hint} (its columns are ${listNames(names)})`;
}
