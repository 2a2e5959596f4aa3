/** `foley dataset report`: outcomes, funnel, scores, and what could not be used. */

import { parseRule } from "@foley-control/train";
import { REPORT_QUANTILES, reportDataset } from "@foley-control/train/node";
import type { Io } from "../io.js";
import { printable, printJson } from "../terminal/print.js";
import { painter, table } from "../terminal/style.js";
import { outcomesText } from "./show.js";

/** Failed files that are named without --json. */
const SHOWN_FAILURES = 10;

/** Prints the report of a folder. */
export async function report(
  folder: string,
  flags: { readonly keep?: readonly string[]; readonly json?: boolean },
  io: Io,
): Promise<void> {
  const found = await reportDataset(folder, flags.keep?.map(parseRule));
  if (flags.json) return printJson(io, found);
  const { manifest, counts, funnel, scores, failed, captions } = found;
  const paint = painter(io.outIsTerminal, io.env);
  const { video, audio } = manifest;
  io.out(`${folder}  clips of ${manifest.seconds} s: ${outcomesText(counts)}; ${captions} different captions\n`);
  io.out(`${paint(printable(`video  ${video.id}, ${video.tokens} tokens of ${video.tokenWidth}`), "dim")}\n`);
  io.out(`${paint(printable(`sound  ${audio.id}, ${audio.frames} latents of ${audio.channels}`), "dim")}\n`);
  io.out(`\n${paint("Funnel", "bold")}, of ${funnel.scored} clips that have scores\n`);
  io.out(
    table(
      ["rule", "before", "after", "kept", "lost to it alone"],
      funnel.steps.map(({ rule, before, after, alone }) => [rule, `${before}`, `${after}`, percent(after, before), `${alone}`]),
      paint,
    ),
  );
  io.out(`  ${funnel.kept} remain (${percent(funnel.kept, funnel.scored)})\n`);
  const names = Object.keys(scores);
  if (names.length > 0) {
    io.out(`\n${paint("Scores", "bold")}\n`);
    const header = ["score", "clips", ...REPORT_QUANTILES.map((share) => `p${share * 100}`)];
    const rows = names.map((name) => {
      const score = scores[name];
      return [
        printable(name),
        `${score?.clips ?? 0}`,
        ...(score?.quantiles ?? []).map((value) => String(Number(value.toPrecision(4)))),
      ];
    });
    io.out(table(header, rows, paint));
  }
  if (failed.length > 0) {
    io.out(`\n${paint("Could not be used", "bold")}\n`);
    for (const { source, reason } of failed.slice(0, SHOWN_FAILURES)) io.out(`  ${printable(`${source.path}: ${reason}`)}\n`);
    if (failed.length > SHOWN_FAILURES) io.out(`  and ${failed.length - SHOWN_FAILURES} more (--json names all)\n`);
  }
}

const percent = (part: number, whole: number): string => (whole === 0 ? "-" : `${Math.round((100 * part) / whole)} %`);
