/**
 * `npm run bench -- seams`: whether one hears where the windows of a long sound meet.
 *
 *     npm run bench -- seams --seconds 720 --model FOLDER --json
 *
 * - lasting sounds: jumps of spectrum and loudness at joints against those elsewhere, as the area under the curve of a detector (0.5: none), and how
 *   level and colour drift;
 * - impacts of given events: onsets within 50 ms of the events within half a second of a joint, and of the others.
 */
import { parseArgs } from "node:util";
import { createRandom } from "@foley-control/core";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { detectOnsets, matchOnsets, poolOnsetScores } from "@foley-control/signal";
import { textTable } from "./quality/report.js";
import { area, drift, jumpsAt } from "./seams/score.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "720" },
    model: { type: "string" },
    json: { type: "boolean", default: false },
    threads: { type: "string" },
  },
});
const LASTING = ["the sound of rain on a metal roof", "an engine runs", "a metal thing scrapes over stone"] as const;
/** Places that joints are compared with, for each joint; none is as near to one as this, seconds. */
const [OTHERS, APART] = [10, 0.5];

const seconds = Number(values.seconds);
await using runtime = nodeRuntime({ device: "cpu", ...(values.threads !== undefined && { threads: Number(values.threads) }) });
await using foley = await createFoley({ ...(await loadMini({ directory: values.model })), runtime });
const random = createRandom(0, "seams");

const lasting: Record<string, string | number>[] = [];
for (const prompt of LASTING) {
  const take = await foley.generate({ prompt, duration: seconds });
  const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
  const sound = channels[0] as Float32Array;
  const { joints } = take.diagnostics;
  const elsewhere: number[] = [];
  while (elsewhere.length < OTHERS * joints.length) {
    const time = random.range(APART, seconds - APART);
    if (joints.every((joint) => Math.abs(joint - time) >= APART)) elsewhere.push(time);
  }
  const [here, there] = [jumpsAt(sound, sampleRate, joints), jumpsAt(sound, sampleRate, elsewhere)];
  const told = (of: "spectrum" | "loudness") =>
    area(
      here.map((jump) => jump[of]),
      there.map((jump) => jump[of]),
    );
  const { level, colour } = drift(sound, sampleRate);
  lasting.push({
    of: prompt,
    joints: joints.length,
    spectrum: told("spectrum"),
    loudness: told("loudness"),
    levelDbPerMinute: level,
    colourDbPerMinute: colour,
  });
}

const events = Array.from({ length: Math.floor(seconds / 0.6) }, (_, i) => ({
  time: 0.6 * i + random.range(0.1, 0.5),
  strength: random.range(0.3, 1),
  source: "person" as const,
}));
const take = await foley.generate({ prompt: "a hammer hits metal", duration: seconds, events });
const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
const { times } = detectOnsets(channels[0] as Float32Array, sampleRate);
const near = (time: number) => take.diagnostics.joints.some((joint) => Math.abs(joint - time) <= 0.5);
const score = (which: (time: number) => boolean) => {
  const { f1, detected, truth } = poolOnsetScores([
    matchOnsets(times.filter(which), events.map(({ time }) => time).filter(which), 0.05),
  ]);
  return { events: truth, onsets: detected, f1 };
};
const impacts = [
  { of: "near a joint", ...score(near) },
  { of: "elsewhere", ...score((time) => !near(time)) },
];

if (values.json) process.stdout.write(`${JSON.stringify({ lasting, impacts }, null, 2)}\n`);
else
  process.stdout.write(
    `${textTable("Joints told from other places (0.5: not), and drift", lasting)}${textTable("Given events within 50 ms", impacts)}`,
  );
