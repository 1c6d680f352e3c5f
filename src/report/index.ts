export { backtestSection, renderBacktestReport } from './backtest.ts';
export {
  methodRows,
  protocolInWords,
  recoveryInWords,
  remarksOn,
  verdictInWords,
  type MethodRow,
} from './backtestWords.ts';
export { renderProposalReport } from './report.ts';
export { renderRunReport, runReportFile, writeRunReport } from './run.ts';
