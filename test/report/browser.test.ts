import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderProposalReport } from '../../src/report/index.ts';
import { find, parse } from './markup.ts';
import { awkward, resultOf } from './results.ts';

const run = promisify(execFile);

function onPath(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(onPath);

const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The colours of an 8-bit PNG without interlacing, each as one number, and its size. */
function readPng(bytes: Buffer): { width: number; height: number; colours: ReadonlySet<number> } {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const channels = bytes[25] === 6 ? 4 : 3;
  const chunks: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') chunks.push(bytes.subarray(at + 8, at + 8 + length));
  }
  const raw = inflateSync(Buffer.concat(chunks));
  const stride = width * channels;
  let above = new Uint8Array(stride);
  const colours = new Set<number>();
  for (let row = 0; row < height; row++) {
    const start = row * (stride + 1);
    const line = unfilter(raw[start] ?? 0, raw.subarray(start + 1, start + 1 + stride), above, channels);
    for (let i = 0; i < stride; i += channels) {
      colours.add(((line[i] ?? 0) << 16) | ((line[i + 1] ?? 0) << 8) | (line[i + 2] ?? 0));
    }
    above = line;
  }
  return { width, height, colours };
}

/** One line of a PNG from its filter (PNG specification, section 9). */
function unfilter(filter: number, source: Uint8Array, above: Uint8Array, channels: number): Uint8Array<ArrayBuffer> {
  const line = new Uint8Array(source.length);
  for (let i = 0; i < source.length; i++) {
    const [left, up, corner] = [line[i - channels] ?? 0, above[i] ?? 0, above[i - channels] ?? 0];
    const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, i < channels ? 0 : corner)];
    line[i] = (source[i] ?? 0) + (guesses[filter] ?? 0);
  }
  return line;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

describe.skipIf(browser === undefined)('in headless Chromium', () => {
  let folder = '';
  let html = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    html = renderProposalReport(resultOf({ ...awkward, rows: 60, proposals: 12 }));
    writeFileSync(join(folder, 'report.html'), html);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(...flags: readonly string[]): Promise<string> {
    const profile = `--user-data-dir=${mkdtempSync(join(folder, 'profile-'))}`;
    const { stdout } = await run(
      browser ?? '',
      [...quiet, profile, ...flags, `file://${join(folder, 'report.html')}`],
      {
        maxBuffer: 64e6,
        timeout: 60_000,
      },
    );
    return stdout;
  }

  it('is understood as it was written, with every picture and no tag of the data', async () => {
    const dom = await open('--dump-dom');
    const count = (text: string, tag: string): number => text.split(`<${tag}`).length - 1;
    const written = parse(html);
    for (const tag of ['svg', 'path', 'figure', 'section', 'td', 'title']) {
      expect(count(dom, tag), tag).toBe(count(html, tag));
    }
    expect(count(dom, 'svg')).toBe(find(written, 'svg').length);
    expect(count(dom, 'svg')).toBeGreaterThan(8);
    expect(count(dom, 'script')).toBe(0);
  });

  it('paints a page of many colours', async () => {
    const file = join(folder, 'report.png');
    await open('--hide-scrollbars', '--window-size=1000,1800', `--screenshot=${file}`);
    const { width, height, colours } = readPng(readFileSync(file));
    expect([width, height]).toEqual([1000, 1800]);
    expect(colours.size).toBeGreaterThan(60);
    const painted = [...colours].map((colour) => colour.toString(16).padStart(6, '0'));
    expect(painted.includes('f6f7f9') || painted.includes('11161c')).toBe(true);
    expect(painted.includes('ffffff') || painted.includes('1a2129')).toBe(true);
  });
});
