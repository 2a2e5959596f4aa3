/**
 * `npm run bench -- given-events`: whether the model makes heard what it is told: random tracks, no picture, the prompts of held-out scenes. Onsets
 * of the sounds against the tracks within 30 ms, and how hard events are against how loud they sound.
 *
 *     npm run bench -- given-events --tracks 200 --model FOLDER --json
 */
import { parseArgs } from "node:util";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { DEFAULT_SECONDS } from "@foley-control/scenes";
import { detectOnsets } from "@foley-control/signal";
import { type ObeyedTrack, obedience } from "./given-events/score.js";
import { type GivenTrack, givenTrack } from "./given-events/tracks.js";
import { textTable } from "./quality/report.js";

const { values } = parseArgs({
  options: {
    tracks: { type: "string", default: "200" },
    model: { type: "string" },
    json: { type: "boolean", default: false },
    threads: { type: "string" },
  },
});

await using runtime = nodeRuntime({ device: "cpu", ...(values.threads !== undefined && { threads: Number(values.threads) }) });
await using foley = await createFoley({ ...(await loadMini({ directory: values.model })), runtime });

const made: (ObeyedTrack & Pick<GivenTrack, "rate" | "prompt">)[] = [];
for (let index = 0; index < Number(values.tracks); index++) {
  const { events, prompt, rate } = givenTrack(index, DEFAULT_SECONDS);
  const take = await foley.generate({ events, prompt, seed: index, duration: DEFAULT_SECONDS });
  const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
  const { times, levels } = detectOnsets(channels[0] as Float32Array, sampleRate);
  made.push({ events, prompt, rate, times, levels });
}

const bands = [
  [1, 3],
  [3, 5],
  [5, 8.5],
] as const;
const rows = [
  { of: "all", ...obedience(made) },
  ...bands.flatMap(([low, high]) => {
    const here = made.filter(({ rate }) => rate >= low && rate < high);
    return here.length > 0 ? [{ of: `${low} to ${Math.floor(high)} a second`, ...obedience(here) }] : [];
  }),
];
if (values.json) process.stdout.write(`${JSON.stringify({ rows, made })}\n`);
else process.stdout.write(textTable(`onsets within 30 ms of ${values.tracks} given tracks of ${DEFAULT_SECONDS} s`, rows));
