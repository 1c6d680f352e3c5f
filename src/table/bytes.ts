import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { dataError, unreadable, type Observer } from '../base/index.ts';

export interface ReadingOptions {
  /** Stops the reading; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how many bytes of the file have been read. */
  readonly onProgress?: Observer;
}

type Chunks = AsyncIterable<Buffer>;

/** The bytes of a file as they stand on the disk. */
async function* storedBytes(file: string, { signal, onProgress }: ReadingOptions): AsyncGenerator<Buffer> {
  let done = 0;
  try {
    const facts = await stat(file);
    for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }) as Chunks) {
      signal?.throwIfAborted();
      done += chunk.length;
      onProgress?.({ stage: `reading ${file}`, done, total: Math.max(done, facts.size) });
      yield chunk;
    }
  } catch (cause) {
    throw signal?.aborted ? cause : unreadable(file, 'a CSV file', cause);
  }
}

/** The same bytes, with at least four of them in the first chunk where there are as many. */
async function* withWholeHead(chunks: AsyncIterable<Uint8Array>): Chunks {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head === undefined) {
      yield bytes;
      continue;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < 4) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* chain(first: Buffer, rest: AsyncIterator<Buffer>): Chunks {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;
const isZip = (head: Buffer): boolean => head.toString('latin1', 0, 4) === 'PK\x03\x04';

async function* inflated(file: string, chunks: Chunks): Chunks {
  const gunzip = createGunzip();
  // Failures of either end reach the loop below, since the pipeline destroys `gunzip` with them.
  pipeline(chunks, gunzip, () => undefined);
  try {
    for await (const chunk of gunzip as Chunks) yield chunk;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (!code.startsWith('Z_')) throw cause;
    const found = code === 'Z_BUF_ERROR' ? 'cut short' : 'damaged';
    throw dataError(`${file} is a gzip file that is ${found}; make or copy it again`, { cause });
  }
}

async function* unpacked(file: string, chunks: Chunks): Chunks {
  const iterator = withWholeHead(chunks)[Symbol.asyncIterator]();
  const head = await iterator.next();
  if (head.done === true) return;
  if (isZip(head.value)) {
    throw dataError(
      `${file} is a zip archive or an Excel workbook, and a CSV file was expected; save the sheet as "CSV UTF-8"`,
    );
  }
  const all = chain(head.value, iterator);
  yield* isGzip(head.value) ? inflated(file, all) : all;
}

/** Lines begun before each byte, with every kind of line end. */
class LineCounter {
  line = 1;
  private afterReturn = false;

  /** Counts on over `bytes` up to `end`. */
  count(bytes: Uint8Array, end: number = bytes.length): void {
    for (let i = 0; i < end; i++) {
      const byte = bytes[i];
      if (byte === 0x0d || (byte === 0x0a && !this.afterReturn)) this.line++;
      this.afterReturn = byte === 0x0d;
    }
  }
}

type Decoder = InstanceType<typeof TextDecoder>;

const strictDecoder = (): Decoder => new TextDecoder('utf-8', { fatal: true });

function isText(decoder: Decoder, bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The index of the first byte at which the text stops being UTF-8. The chunk may begin inside a letter. */
function firstBadByte(bytes: Uint8Array): number {
  const begin = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
  const decoder = strictDecoder();
  return bytes.findIndex((_, at) => at >= begin && !isText(decoder, bytes.subarray(at, at + 1)));
}

async function* checkedText(file: string, chunks: Chunks): Chunks {
  const lines = new LineCounter();
  const decoder = strictDecoder();
  for await (const chunk of chunks) {
    const zero = chunk.indexOf(0);
    if (zero >= 0) {
      lines.count(chunk, zero);
      throw dataError(`${file} line ${lines.line} holds binary data, and a CSV file in UTF-8 was expected`);
    }
    if (!isText(decoder, chunk)) {
      lines.count(chunk, firstBadByte(chunk));
      throw notUtf8(file, lines.line);
    }
    lines.count(chunk);
    yield chunk;
  }
  try {
    decoder.decode();
  } catch {
    throw notUtf8(file, lines.line);
  }
}

function notUtf8(file: string, line: number): Error {
  return dataError(`${file} line ${line} holds bytes that are not UTF-8 text; save the file as "CSV UTF-8"`);
}

/** UTF-8 text, as checked bytes, from the bytes of a file: gzip is unpacked, anything that is not text is a data error. */
export function textOf(file: string, stored: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  return checkedText(file, unpacked(file, stored as Chunks));
}

/** UTF-8 text, as checked bytes, of a file that may be gzipped. */
export function textOfFile(file: string, options: ReadingOptions): AsyncIterable<Buffer> {
  return textOf(file, storedBytes(file, options));
}
