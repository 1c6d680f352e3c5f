/** Each room may import only the rooms listed beside it (and itself). See docs/architecture.md. */
const rooms = {
  base: [],
  space: ['base'],
  table: ['base', 'space'],
  run: ['base', 'space', 'table'],
  graph: ['base'],
  diffusion: ['base', 'graph'],
  reward: ['base', 'space', 'graph'],
  oracle: ['base', 'space', 'table'],
  optimizer: ['base', 'space', 'table', 'run', 'graph', 'diffusion', 'reward', 'oracle'],
  report: ['base', 'space', 'table', 'run', 'diffusion', 'reward', 'optimizer'],
};

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports`,
      severity: 'error',
      comment: `src/${room} may import ${allowed.map((name) => `src/${name}`).join(', ') || 'no other room'}.`,
      from: { path: `^src/${room}/` },
      to: { path: '^(src|benchmarks|test|examples)/', pathNot: `^src/(${[room, ...allowed].join('|')})/` },
    })),
    {
      name: 'cli-imports',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^(test|examples)/' },
    },
    {
      name: 'benchmarks-use-public-exports',
      severity: 'error',
      from: { path: '^benchmarks/' },
      to: { path: '^(src/(?!index\\.ts|[a-z]+/index\\.ts)|test/|examples/)' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'onnxruntime-in-one-place',
      severity: 'error',
      from: { pathNot: '^(src/graph/runtime/|benchmarks/training/(spike|profile)\\.ts)' },
      to: { path: 'node_modules/onnxruntime-node' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|^dist' },
    exclude: { path: '^dist' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
