/**
 * `npm run bench -- seams`: whether one hears where the windows of a long sound meet.
 *
 *     npm run bench -- seams --only rain,impacts --joints 70 --seconds 130 --keep FOLDER --model FOLDER --json
 *
 * - lasting sounds: jumps of spectrum and loudness against those elsewhere, as the area under the curve of a detector (0.5: none), at joints, where
 *   one sound goes over into the next, and at borders, from where on the next window decides; and how level and colour drift in a minute;
 * - impacts of given events: onsets within 50 ms of the events within half a second of a joint, and of the others.
 *
 * What is known is said after each sound; with `--keep`, sounds that were made are not made again.
 */
import { parseArgs } from "node:util";
import { createRandom } from "@foley-control/core";
import { loadMini } from "@foley-control/mini/node";
import { createFoley } from "@foley-control/pipeline/node";
import { nodeRuntime } from "@foley-control/runtime/node";
import { textTable } from "./quality/report.js";
import { countImpacts, impactRow } from "./seams/impacts.js";
import { askedFor, KINDS, type Kind } from "./seams/kinds.js";
import { madeOf } from "./seams/made.js";
import { type Drift, drift, type Jump, jumpsAt, lastingRow } from "./seams/score.js";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: KINDS.join(",") },
    joints: { type: "string", default: "70" },
    seconds: { type: "string", default: "130" },
    keep: { type: "string" },
    model: { type: "string" },
    json: { type: "boolean", default: false },
    threads: { type: "string" },
  },
});
/** Places that joints are compared with, for each joint; none is as near to one as this, seconds. */
const [OTHERS, APART] = [10, 0.5];

const kinds = values.only.split(",").map((name) => {
  const kind = KINDS.find((one) => one === name);
  if (!kind) throw new Error(`There is no "${name}"; there are ${KINDS.join(", ")}.`);
  return kind;
});
const seconds = Number(values.seconds);
await using runtime = nodeRuntime({ device: "cpu", ...(values.threads !== undefined && { threads: Number(values.threads) }) });
await using foley = await createFoley({ ...(await loadMini({ directory: values.model })), runtime });

/** Sounds of a kind until there are joints enough. */
async function* sounds(kind: Kind) {
  for (let [index, joints] = [0, 0]; joints < Number(values.joints); index++) {
    const asked = askedFor(kind, index, seconds);
    const made = await madeOf(foley, asked, { name: `${kind}-${index}-${seconds}`, folder: values.keep });
    joints += made.joints.length;
    yield { ...made, events: asked.events?.map(({ time }) => time) ?? [] };
  }
}

const lasting: ReturnType<typeof lastingRow>[] = [];
const impacts: ReturnType<typeof impactRow>[] = [];
const said = (row: object) => console.error(JSON.stringify(row));
for (const kind of kinds) {
  if (kind === "impacts") {
    const counts: ReturnType<typeof countImpacts>[] = [];
    const rows = () => [
      impactRow(
        "near a joint",
        counts.map(({ near }) => near),
      ),
      impactRow(
        "elsewhere",
        counts.map(({ elsewhere }) => elsewhere),
      ),
    ];
    for await (const sound of sounds(kind)) {
      counts.push(countImpacts(sound, sound.events));
      said(rows());
    }
    impacts.push(...rows());
    continue;
  }
  const random = createRandom(0, "seams", kind);
  const found: Record<"joints" | "borders" | "elsewhere", Jump[]> & { drifts: Drift[] } = {
    ...{ joints: [], borders: [], elsewhere: [], drifts: [] },
  };
  for await (const { samples, sampleRate, joints, borders } of sounds(kind)) {
    const elsewhere: number[] = [];
    while (elsewhere.length < OTHERS * joints.length) {
      const time = random.range(APART, seconds - APART);
      if ([...joints, ...borders].every((place) => Math.abs(place - time) >= APART)) elsewhere.push(time);
    }
    found.joints.push(...jumpsAt(samples, sampleRate, joints));
    found.borders.push(...jumpsAt(samples, sampleRate, borders));
    found.elsewhere.push(...jumpsAt(samples, sampleRate, elsewhere));
    for (let minute = 0; minute + 60 <= seconds; minute += 60)
      found.drifts.push(drift(samples.subarray(minute * sampleRate, (minute + 60) * sampleRate), sampleRate));
    said(lastingRow(kind, found));
  }
  lasting.push(lastingRow(kind, found));
}

if (values.json) process.stdout.write(`${JSON.stringify({ lasting, impacts }, null, 2)}\n`);
else
  process.stdout.write(
    `${textTable("Joints told from other places (0.5: not), and drift in a minute", lasting)}${textTable("Given events within 50 ms", impacts)}`,
  );
