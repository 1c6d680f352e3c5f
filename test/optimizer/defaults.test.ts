import { expect, test } from 'vitest';
import { defaultDiversity } from '../../src/optimizer/defaults.ts';
import { createSpace, type Parameter } from '../../src/space/index.ts';

test('proposals of thirty free numbers or more are kept farther apart', () => {
  const numbers = (count: number): { readonly [name: string]: Parameter } =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, { type: 'real', min: 0, max: 1 }]));
  const choice: Parameter = { type: 'categorical', values: ['a', 'b', 'c'] };
  expect(defaultDiversity(createSpace({ parameters: { ...numbers(29), choice } }))).toBe(0.02);
  const many = createSpace({ parameters: { ...numbers(30), choice } });
  expect(defaultDiversity(many)).toBe(0.2);
  expect(defaultDiversity(many.fix({ x0: 0.5 }))).toBe(0.02);
});
