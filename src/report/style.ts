const light = `
  --paper: #f6f7f9; --card: #ffffff; --ink: #1b2530; --soft: #566371; --line: #dce2e8; --grid: #e9edf1;
  --data: #8b9bb0; --proposal: #c4500c; --best: #1b2530; --unlabelled: #c9ced4; --failed: #b3261e; --cell: #1f6299;
  --ramp0: #d0dbe6; --ramp1: #b0c7de; --ramp2: #8bb0d4; --ramp3: #6596c4; --ramp4: #4079ae; --ramp5: #215c91; --ramp6: #0b3b68;
  --series0: #0a6aa8; --series1: #b8480b; --series2: #00785a; --series3: #9a4683; --series4: #806300; --series5: #4b5561;`;

const dark = `
  --paper: #11161c; --card: #1a2129; --ink: #e7ecf1; --soft: #9caab7; --line: #2d3741; --grid: #262f38;
  --data: #66788f; --proposal: #ff9b54; --best: #e7ecf1; --unlabelled: #454f5a; --failed: #ff8a80; --cell: #6fb1e6;
  --ramp0: #2b3e51; --ramp1: #31526f; --ramp2: #3a6a92; --ramp3: #4a86b5; --ramp4: #67a4d2; --ramp5: #95c5ea; --ramp6: #d8eeff;
  --series0: #62b4ea; --series1: #ff9b54; --series2: #3cc9a0; --series3: #e290c6; --series4: #e0c047; --series5: #c3ccd5;`;

function forTones(names: readonly string[]): string {
  return names.map((name) => `.${name} { --tone: var(--${name}); }`).join('\n');
}

const tones = ['data', 'proposal', 'best', 'unlabelled', 'failed']
  .concat(Array.from({ length: 7 }, (_, i) => `ramp${i}`))
  .concat(Array.from({ length: 6 }, (_, i) => `series${i}`));

/** A meter is filled to a twentieth; widths are classes, since the page has no style attributes. */
const meterWidths = Array.from({ length: 21 }, (_, i) => `.w${i} { width: ${5 * i}%; }`).join('\n');

/** Everything that the page's look depends on; nothing is fetched, fonts are the reader's own. */
export const style: string = `
:root { color-scheme: light dark; ${light}
}
@media (prefers-color-scheme: dark) { :root { ${dark}
} }
${forTones(tones)}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI",
  Roboto, "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1160px; margin: 0 auto; padding: 40px 28px 64px; }
h1 { font-size: 28px; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 18px; line-height: 1.3; font-weight: 650; letter-spacing: -0.005em; margin: 44px 0 6px; }
h3 { font-size: 14px; line-height: 1.35; font-weight: 620; margin: 0; overflow-wrap: anywhere; }
p { margin: 0 0 10px; max-width: 78ch; }
.card > p:last-child { margin-bottom: 0; }
.card > h3 + p { margin-top: 6px; }
.lead, .note, figcaption p { color: var(--soft); }
.note, figcaption p { font-size: 13px; line-height: 1.5; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 190px), 1fr)); gap: 14px; margin: 22px 0 14px; }
.tiles .card { padding: 14px 18px 15px; }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 2px 0 0; font-size: 25px; line-height: 1.25; font-weight: 640; letter-spacing: -0.01em; }
.tiles dd + dd { font-size: 13px; line-height: 1.4; font-weight: 400; letter-spacing: 0; color: var(--soft); margin-top: 3px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; margin-top: 14px; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 250px), 1fr)); gap: 14px; margin-top: 14px; }
.multiples .card { padding: 13px 15px 10px; }
.multiples .wide { grid-column: 1 / -1; }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr)); gap: 18px 28px; }
figure { margin: 0; min-width: 0; display: flex; flex-direction: column; }
figcaption p { margin: 2px 0 8px; }
.drawing { margin-top: auto; }
svg { display: block; max-width: 100%; height: auto; overflow: visible; }
.drawing > svg { width: 100%; max-width: 640px; }
.broad { margin-top: 14px; } .broad .drawing > svg { max-width: none; }
svg text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: var(--soft);
  font-variant-numeric: tabular-nums; }
svg text.name { fill: var(--soft); }
svg text.strong, svg .rules text { fill: var(--ink); }
.axis line { stroke: var(--soft); stroke-width: 1; opacity: 0.65; }
.axis line.grid { stroke: var(--grid); opacity: 1; }
.bars { fill: var(--tone); opacity: 0.62; }
.bars.proposal { opacity: 0.9; }
.skyline { fill: var(--tone); fill-opacity: 0.1; stroke: var(--tone); stroke-width: 1.6; stroke-linejoin: round; }
.band { fill: var(--tone); fill-opacity: 0.16; }
.dots { stroke: var(--tone); stroke-width: 5; stroke-linecap: round; opacity: 0.8; fill: none; }
.crosses { stroke: var(--tone); stroke-width: 1.4; fill: none; }
.rounds { fill: var(--grid); opacity: 0.55; }
.symbols { fill: var(--tone); stroke: var(--card); stroke-width: 1; }
.symbols.halo { fill: none; stroke: var(--best); stroke-width: 1.4; }
.symbols.best { fill: var(--card); stroke: var(--best); stroke-width: 2; }
.lines { fill: none; stroke: var(--tone); stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.lines.diagonal { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; }
.whiskers { fill: none; stroke: var(--tone); stroke-width: 1.4; opacity: 0.8; }
.rules line { stroke: var(--tone); stroke-width: 1.3; stroke-dasharray: 5 3; }
.rules text { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.cell { fill: var(--cell); }
.percent { font-size: 10px; } svg text.inverse { fill: var(--card); }
.frame { fill: none; stroke: var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; padding: 0; margin: 4px 0 10px; font-size: 13px;
  color: var(--soft); }
.legend li { display: inline-flex; align-items: center; gap: 7px; }
.swatch { flex: none; width: 12px; height: 12px; border-radius: 2px; background: var(--tone); }
.swatch.dot { border-radius: 50%; width: 9px; height: 9px; }
.swatch.diamond { border-radius: 0; width: 8px; height: 8px; transform: rotate(45deg); margin: 0 2px; }
.swatch.ring { background: none; border: 2px solid var(--tone); width: 9px; height: 9px; transform: rotate(45deg); margin: 0 2px; }
.swatch.circle { background: none; border: 1.5px solid var(--tone); width: 13px; height: 13px; border-radius: 50%; }
.swatch.stroke { height: 2px; width: 18px; }
.swatch.dash { height: 0; width: 18px; background: none; border-top: 2px dashed var(--tone); border-radius: 0; }
.swatch.cross { height: 2px; width: 11px; border-radius: 0; transform: rotate(45deg); background: var(--tone);
  position: relative; }
.swatch.cross::after { content: ""; position: absolute; inset: 0; background: var(--tone); transform: rotate(90deg); }
.swatch.hollow { background: none; border: 2px solid var(--tone); }
.ramp { display: inline-flex; } .ramp .swatch { border-radius: 0; width: 13px; }
.scroll.card { overflow-x: auto; width: fit-content; max-width: 100%; margin-top: 14px; padding: 0; }
.pair .scroll.card { margin-top: 0; width: auto; padding: 4px 0; max-height: 560px; overflow: auto; } .figures th, .figures td { padding: 6px 10px; } table.figures { width: 100%; }
.scroll:focus-visible { outline: 2px solid var(--cell); outline-offset: 2px; }
table { border-collapse: collapse; font-size: 13px; line-height: 1.45; }
th, td { padding: 6px 12px; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--grid); }
thead th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); padding-top: 10px; }
tbody tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 400; color: var(--soft); }
.number { text-align: right; }
.rank { position: sticky; left: 0; background: var(--card); border-right: 1px solid var(--line); }
.key { font-weight: 640; }
td.words { white-space: normal; min-width: 26ch; }
.meter { display: inline-block; width: 44px; height: 7px; margin-right: 8px; border-radius: 3px; background: var(--grid); vertical-align: 1px; }
.meter span { display: block; height: 100%; border-radius: 3px; background: var(--cell); }
${meterWidths}
.badge { display: inline-block; margin-left: 8px; padding: 0 7px; border: 1px solid var(--proposal); border-radius: 9px; font-size: 11.5px; }
.letters { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.settings { columns: 3 260px; column-gap: 36px; font-size: 13px; margin: 0; }
.settings div { display: flex; justify-content: space-between; gap: 14px; padding: 5px 0; border-bottom: 1px solid var(--grid);
  break-inside: avoid; }
.settings dt { color: var(--soft); overflow-wrap: anywhere; } .settings dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
@media (max-width: 640px) { main { padding: 24px 14px 48px; } h1 { font-size: 23px; } .card { padding: 14px; } h2 { margin-top: 34px; } }
@media (max-width: 640px) { .multiples { grid-template-columns: 1fr 1fr; gap: 10px; } .multiples .card { padding: 10px 11px 8px; } }
@media (max-width: 430px) { .multiples { grid-template-columns: 1fr; } .multiples .drawing > svg { max-width: 300px; } }
@media print { body { background: none; } .card { break-inside: avoid; } }
`;
