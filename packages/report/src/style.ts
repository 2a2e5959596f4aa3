/** How pages look: system fonts, one column, colours that follow the reader's choice. */

/** Rules of the page. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1a202c; --soft: #5a6474; --line: #d9dee6; --band: #f5f7fa; --link: #2b5fc0 }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #e6e9ee; --soft: #9aa4b2; --line: #323945; --band: #1c2129; --link: #8ab4ff } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 64px }
h1 { font-size: 26px; line-height: 1.2; margin: 8px 0 12px }
h2 { font-size: 19px; margin: 36px 0 8px }
h3 { font-size: 15px; margin: 20px 0 6px }
p { margin: 6px 0; max-width: 72ch }
a { color: var(--link) }
.lead { font-size: 16px }
.note, .empty, figcaption { color: var(--soft); font-size: 13px }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0; padding: 0; list-style: none }
.table { overflow-x: auto; margin: 10px 0 }
table { border-collapse: collapse; font-size: 14px }
th, td { padding: 5px 12px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
thead th { background: var(--band); font-weight: 600; vertical-align: bottom }
tbody th { font-weight: 500; min-width: 7em }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
thead .number { white-space: normal }
figure { margin: 12px 0 }
.plot figure { margin: 0 }
.plot svg { --plot-background: var(--paper); max-width: 100%; height: auto; overflow: visible }
.player { display: inline-block; vertical-align: top; margin: 6px 16px 6px 0; max-width: 320px }
.player audio { width: 320px; max-width: 100% }
.player video { max-width: 100%; background: #000 }
@media print {
  :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --band: #f2f2f2; --link: #000 }
  main { max-width: none; padding: 0 }
  nav, .player audio, .player video { display: none }
  figure, tr { break-inside: avoid }
  h2 { break-after: avoid }
  .table { overflow: visible }
}
`;
