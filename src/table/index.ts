export type { Direction, Table } from './types.ts';
