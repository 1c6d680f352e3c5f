import type { Values } from '../graph/index.ts';

/** Magic string, version 1.0, length of the header. */
const preambleLength = 10;
/** The data start at a multiple of this. */
const alignment = 64;

/** Values as the bytes of a NumPy `.npy` file: version 1.0, float32, little-endian, C order (NEP 1, numpy.lib.format). */
export function encodeNpy({ shape, data }: Values): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  // Spaces and a line feed fill the header up to the alignment.
  const unpadded = preambleLength + description.length + 1;
  const header = `${description.padEnd(description.length + ((alignment - (unpadded % alignment)) % alignment))}\n`;
  const bytes = new Uint8Array(preambleLength + header.length + 4 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...Buffer.from('NUMPY', 'latin1'), 1, 0]);
  view.setUint16(8, header.length, true);
  bytes.set(Buffer.from(header, 'latin1'), preambleLength);
  const start = preambleLength + header.length;
  data.forEach((value, index) => view.setFloat32(start + 4 * index, value, true));
  return bytes;
}
