/** What came of an ablation, as a page with a table and two plots. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Line, lines } from "@foley-control/report";
import { parseLines, type SamplesLine, type StepLine, type ValidationLine } from "@foley-control/train";
import { POOLINGS, type SmallPooling } from "./poolings.js";
import { variantFolder } from "./variant.js";

/** What an ablation was made with. */
export interface AblationFacts {
  readonly command: string;
  readonly scenes: number;
  readonly steps: number;
  readonly batch: number;
  readonly seeds: readonly number[];
  readonly heldOut: number;
  readonly judged: number;
  /** Patches per side of the small encoder's picture. */
  readonly side: number;
  /** SHA-256 of the model, first digits. */
  readonly model: string;
}

interface Curve {
  readonly pooling: SmallPooling;
  readonly seed: number;
  readonly training: readonly StepLine[];
  readonly losses: readonly ValidationLine[];
  readonly sounds: readonly SamplesLine[];
}

const read = <T extends { readonly step: number }>(path: string): T[] =>
  existsSync(path) ? parseLines<T>(readFileSync(path, "utf8")) : [];

/** Writes `README.md`, `sync.svg` and `loss.svg` from the logs of the runs. */
export function writeResults(directory: string, target: string, facts: AblationFacts): void {
  const curves: Curve[] = POOLINGS.flatMap((pooling) =>
    facts.seeds.map((seed) => {
      const folder = variantFolder(directory, pooling, seed);
      return {
        pooling,
        seed,
        training: read<StepLine>(join(folder, "log.jsonl")),
        losses: read<ValidationLine>(join(folder, "validation.jsonl")),
        sounds: read<SamplesLine>(join(folder, "samples.jsonl")),
      };
    }),
  );
  mkdirSync(target, { recursive: true });
  const plot = (y: string, points: (curve: Curve) => Line["points"]) =>
    svgOf(
      lines(
        curves.map((curve) => ({ name: curve.pooling, points: points(curve) })),
        { x: "training steps", y },
      ),
    );
  writeFileSync(
    join(target, "sync.svg"),
    plot("onset F1 at ±100 ms", ({ sounds }) => sounds.map(({ step, f1At100 }) => ({ x: step, y: f1At100 ?? Number.NaN }))),
  );
  writeFileSync(
    join(target, "loss.svg"),
    plot("validation loss", ({ losses }) => losses.map((line) => ({ x: line.step, y: meanLoss(line) }))),
  );
  writeFileSync(join(target, "README.md"), page(curves, facts));
}

/** Mean over the times. */
const meanLoss = ({ average }: ValidationLine): number =>
  average.reduce<number>((sum, loss) => sum + (loss ?? Number.NaN), 0) / average.length;

/** A rise of the held-out loss from its lowest that is no accident. */
const LEARNT_BY_HEART = 1.1;

/** What a curve says in words. */
function reading({ pooling, seed, training, losses, sounds }: Curve, several: boolean): string {
  const best = sounds.reduce((one, other) => ((other.f1At100 ?? 0) > (one.f1At100 ?? 0) ? other : one));
  const [first, last] = [losses[0], losses.at(-1)].map((line) => (line ? meanLoss(line) : Number.NaN)) as [number, number];
  const lowest = Math.min(...losses.map(meanLoss));
  const quarter = Math.max(1, Math.floor(training.length / 4));
  const mean = (lines: readonly StepLine[]) => lines.reduce((sum, { loss }) => sum + loss, 0) / lines.length;
  return [
    `- \`${pooling}\`${several ? `, seed ${seed}` : ""}: F1 is highest at step ${best.step} (${best.f1At100?.toFixed(3)}).`,
    `The held-out loss goes from ${first.toFixed(3)} to ${last.toFixed(3)}; that of the batches, in the first and last quarter, from`,
    `${mean(training.slice(0, quarter)).toFixed(3)} to ${mean(training.slice(-quarter)).toFixed(3)}.`,
    last > LEARNT_BY_HEART * lowest ? "It learns its scenes by heart: more steps on as few of them make it worse." : "",
  ]
    .join(" ")
    .trim();
}

/** The drawing of a figure, which stands behind its legend, as a file of its own that can be read on any page. */
function svgOf(figure: string): string {
  const svg = figure.slice(figure.lastIndexOf("<svg"), figure.lastIndexOf("</svg>") + "</svg>".length);
  const namespace = svg.includes("xmlns=") ? "" : ' xmlns="http://www.w3.org/2000/svg"';
  return svg.replace("<svg", `<svg${namespace} style="background: white; color: black"`);
}

function page(curves: readonly Curve[], facts: AblationFacts): string {
  const steps = [...new Set(curves.flatMap(({ sounds }) => sounds.map(({ step }) => step)))].sort((a, b) => a - b);
  const over = (pooling: SmallPooling, value: (curve: Curve) => number | undefined): string => {
    const found = curves.filter((curve) => curve.pooling === pooling).flatMap((curve) => value(curve) ?? []);
    return found.length === 0 ? "–" : (found.reduce((sum, one) => sum + one, 0) / found.length).toFixed(3);
  };
  const rows = steps.map((step) => {
    const sound = (curve: Curve) => curve.sounds.find((line) => line.step === step);
    const loss = (curve: Curve) => {
      const line = curve.losses.find((one) => one.step === step);
      return line && meanLoss(line);
    };
    return [
      String(step),
      ...POOLINGS.flatMap((pooling) => [
        over(pooling, (curve) => sound(curve)?.f1At100),
        over(pooling, (curve) => sound(curve)?.f1At50),
        over(pooling, (curve) => sound(curve)?.f1At100Shuffled),
        over(pooling, loss),
      ]),
    ];
  });
  const head = [
    "steps",
    ...POOLINGS.flatMap((name) => ["F1 ±100 ms", "F1 ±50 ms", "F1 shuffled", "loss"].map((what) => `${name}: ${what}`)),
  ];
  const table = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
  return `# One token per frame, or one per patch

The comparison of Foley Control's Table 1 and Figure 2 (Rowles et al. 2025, arXiv 2510.21581) in miniature: two bridges, the same clips, seeds,
noise, times and schedule; one reads the mean of each time step (\`frame\`), the other every patch of it (\`grid\`).

${table}

${facts.seeds.length > 1 ? `Means over ${facts.seeds.length} seeds. ` : ""}Loss: mean over five times on held-out scenes, averaged weights. F1 shuffled: the same sounds against
the next clip's contacts, which is what chance gives.

![Onset F1 over steps: blue frame, yellow grid](sync.svg)

![Validation loss over steps: blue frame, yellow grid](loss.svg)

## What is seen

${curves.map((curve) => reading(curve, facts.seeds.length > 1)).join("\n")}

## How it was made

- ${facts.scenes} rendered scenes of all classes, ${facts.steps} steps of ${facts.batch} clips; captions, clips and tokens dropped in 10 % each; model ${facts.model}.
- Losses on ${facts.heldOut} held-out scenes; sounds for ${facts.judged} held-out clips with impacts, the whole road from a video file.
- \`${facts.command}\` — stopped at any time, the same command goes on.

## What it shows

How fast a bridge learns to keep time from either kind of token, when everything else is equal, at the size of the embedded model.

## What it does not show

- **The paper's grid.** The paper pools V-JEPA 2's 16×16 patches to 8×8, 64 tokens per time step. The small encoder has ${facts.side}×${facts.side} patches, so \`grid\` is
  ${facts.side * facts.side} tokens per time step and nothing is pooled.
- **A neutral encoder.** The small encoder was trained to name contacts and classes from the mean over its patches; that favours \`frame\`. V-JEPA 2 was not.
- **More than timing.** Which thing in the picture sounds could come from a grid and not from a mean; scenes with one thing that sounds do not ask for it.
- **Long trainings.** The paper trains 400,000 steps of 384 clips; here are ${facts.steps} of ${facts.batch}. ${facts.judged} clips leave F1 uncertain by some hundredths.
`;
}
