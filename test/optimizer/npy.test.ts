import { expect, test } from 'vitest';
import { encodeNpy } from '../../src/optimizer/index.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

test('an array of two rows, byte by byte', () => {
  const bytes = encodeNpy({ shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 0, 1e-3, 3e38) });
  // Magic string, version 1.0, and the header's length as a little-endian uint16: 128 - 10.
  expect([...bytes.subarray(0, 10)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  const header = text(bytes.subarray(10, 128));
  expect(header.trimEnd()).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  expect(header).toMatch(/^[^\n]*\n$/);
  expect(bytes.length).toBe(128 + 24);
  // 1 is 0x3f800000, -2 is 0xc0000000.
  expect([...bytes.subarray(128, 136)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  const view = new DataView(bytes.buffer, bytes.byteOffset + 128);
  expect(view.getFloat32(20, true)).toBe(Math.fround(3e38));
});

test('shapes of other ranks are tuples of Python, and the data always start at a multiple of 64', () => {
  for (const [shape, tuple] of [
    [[], '()'],
    [[0], '(0,)'],
    [[5], '(5,)'],
    [[1, 2, 3], '(1, 2, 3)'],
    [[123456789, 0], '(123456789, 0)'],
  ] as const) {
    const data = new Float32Array(shape.reduce<number>((size, dim) => size * dim, 1));
    const bytes = encodeNpy({ shape, data });
    const length = bytes[8]! + 256 * bytes[9]!;
    expect((10 + length) % 64).toBe(0);
    expect(text(bytes.subarray(10, 10 + length))).toContain(`'shape': ${tuple}, }`);
    expect(bytes.length).toBe(10 + length + 4 * data.length);
  }
});
