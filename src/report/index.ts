export { renderProposalReport } from './report.ts';
