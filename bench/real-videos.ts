/**
 * `npm run bench -- real-videos`: the model on filmed clips, which it was not made for. Onsets of the sound against contacts that were marked by hand,
 * with the clip's own picture, with that of the other kind of clip, and without one.
 *
 *     npm run bench -- real-videos --model FOLDER --seeds 3 --json
 *
 * Where the clips are from and how they were marked: `real-videos/README.md`.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { matchOnsets, type OnsetScore, poolOnsetScores } from "@foley-control/signal";
import { soundOnsets } from "@foley-control/train";

interface Clip {
  readonly name: string;
  readonly prompt: string;
  /** When things touch, seconds. */
  readonly events: readonly number[];
}

/** Marks are good to a frame of the slower videos, so nothing finer is told. */
const TOLERANCES = [0.1, 0.2] as const;

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    seeds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    threads: { type: "string" },
  },
});

const folder = new URL("real-videos/", import.meta.url);
const clips: readonly Clip[] = JSON.parse(readFileSync(new URL("clips.json", folder), "utf8"));
const pathOf = ({ name }: Clip): string => fileURLToPath(new URL(`clips/${name}.mp4`, folder));
const kindOf = ({ name }: Clip): string => name.replace(/-\d+$/, "");

/** The picture that goes with a clip's prompt under each condition. */
const CONDITIONS = {
  video: (clip: Clip) => clip,
  "other video": (clip: Clip) => {
    const others = clips.filter((other) => kindOf(other) !== kindOf(clip));
    return others[clips.indexOf(clip) % others.length];
  },
  "no video": () => undefined,
} as const;

await using runtime = nodeRuntime({ device: "cpu", ...(values.threads !== undefined && { threads: Number(values.threads) }) });
await using foley = await createFoley({ ...(await loadMini({ directory: values.model })), runtime });

interface Heard {
  readonly clip: Clip;
  readonly condition: string;
  readonly onsets: readonly number[];
}
const heard: Heard[] = [];
for (const [condition, pictureOf] of Object.entries(CONDITIONS)) {
  for (const clip of clips) {
    for (let seed = 0; seed < Number(values.seeds); seed++) {
      const picture = pictureOf(clip);
      // All clips are of three or four seconds; a shorter picture is taken to stand still.
      const duration = kindOf(clip) === "walk" ? 3 : 4;
      const take = await foley.generate({
        prompt: clip.prompt,
        seed,
        duration: picture && kindOf(picture) === "walk" ? 3 : duration,
        ...(picture && { video: pathOf(picture) }),
      });
      const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
      heard.push({ clip, condition, onsets: soundOnsets(channels, sampleRate).map((time) => Math.round(time * 1000) / 1000) });
    }
  }
}

function row(of: string, some: readonly Heard[]) {
  const score = (tolerance: number): OnsetScore =>
    poolOnsetScores(some.map(({ onsets, clip }) => matchOnsets([...onsets], [...clip.events], tolerance)));
  const [fine, coarse] = TOLERANCES.map(score) as [OnsetScore, OnsetScore];
  return {
    of,
    sounds: some.length,
    precision100: fine.precision,
    recall100: fine.recall,
    f1At100: fine.f1,
    f1At200: coarse.f1,
    onsetsPerSound: some.reduce((sum, { onsets }) => sum + onsets.length, 0) / some.length,
    eventsPerClip: some.reduce((sum, { clip }) => sum + clip.events.length, 0) / some.length,
  };
}

const kinds = [...new Set(clips.map(kindOf))];
const rows = Object.keys(CONDITIONS).flatMap((condition) => {
  const here = heard.filter((one) => one.condition === condition);
  return [
    row(condition, here),
    ...kinds.map((kind) =>
      row(
        `${condition}, ${kind}`,
        here.filter(({ clip }) => kindOf(clip) === kind),
      ),
    ),
  ];
});

if (values.json)
  process.stdout.write(
    `${JSON.stringify({ rows, sounds: heard.map(({ clip, ...one }) => ({ clip: clip.name, events: clip.events, ...one })) })}\n`,
  );
else {
  const head = Object.keys(rows[0] ?? {});
  const cells = rows.map((one) =>
    Object.values(one).map((value) => (typeof value === "number" && !Number.isInteger(value) ? value.toFixed(2) : String(value))),
  );
  const widths = head.map((name, i) => Math.max(name.length, ...cells.map((line) => line[i]?.length ?? 0)));
  const text = (line: readonly string[]) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  process.stdout.write(`${[head, ...cells].map(text).join("\n")}\n`);
}
