import type { Readable } from 'node:stream';

/** Characters of a line beyond these are dropped: a program that prints without end must not fill our memory. */
const longestLine = 1_000_000;

/** Calls `onLine` for each line of a stream of UTF-8, and for the last one even where no line break follows. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) onLine(line.slice(0, longestLine).replace(/\r$/, ''));
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
    rest = '';
  });
}

/** Follows what a program says on its standard error. The function returned gives the last line that is not empty, so far. */
export function followStderr(stream: Readable, onLine: (line: string) => void = () => undefined): () => string {
  let last = '';
  readLines(stream, (line) => {
    // Progress bars write over themselves.
    last =
      line
        .split('\r')
        .findLast((part) => part.trim() !== '')
        ?.trim() ?? last;
    onLine(line);
  });
  return () => last;
}
