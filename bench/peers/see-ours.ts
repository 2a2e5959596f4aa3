/** This project's encoders of pictures in `npm run bench -- peers`: windows one by one, made by the formula of the golden cases; prints time and memory as JSON. */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { VideoEncoder } from "@foley-control/core";
import { formula } from "@foley-control/golden";
import { loadInStages } from "@foley-control/runtime";
import { nodeRuntime } from "@foley-control/runtime/node";
import { encodeSegments, type SegmentPixels } from "@foley-control/video-encoder";
import { VIDEO_ENCODER_OPENERS } from "@foley-control/video-encoder/node";
import { memoryOf } from "../bridge-step/measure.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { windows: { type: "string", default: "2" }, out: { type: "string" }, threads: { type: "string" } },
});
const [part, path] = positionals as [string, string];
const openers: Readonly<Record<string, () => Promise<VideoEncoder>>> = {
  synchformer: () => VIDEO_ENCODER_OPENERS.synchformer(path, {}),
  clip: () => VIDEO_ENCODER_OPENERS.clip(path, { imageSize: 384 }),
  siglip: () => VIDEO_ENCODER_OPENERS.pictures(path, {}),
};
const encoder = await (openers[part] as () => Promise<VideoEncoder>)();
const count = Number(values.windows);
const shape = [1, encoder.window, 3, ...encoder.imageSize];

const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
let making = 0;

/** As the peer makes them, each a clip of its own; what making them takes is not counted. */
function* windows(): Generator<SegmentPixels> {
  for (let k = 0; k < count; k++) {
    const begun = process.cpuUsage();
    const name = `window ${k}`;
    const data = formula(name, { shape, amp: 1.75, offset: 0 }, 1);
    making += seconds(process.cpuUsage(begun));
    yield { pixels: { dtype: "float32", shape, data }, frames: encoder.window, first: true, last: true };
  }
}

await using runtime = nodeRuntime({ device: "cpu", ...(values.threads !== undefined && { threads: Number(values.threads) }) });
const begun = process.cpuUsage();
const executable = await loadInStages(runtime, encoder.graph({ frames: encoder.window }), encoder.weights);
const load = seconds(process.cpuUsage(begun));
const { tokens } = await encodeSegments(executable, encoder, windows());
const window = (seconds(process.cpuUsage(begun)) - load - making) / count;
if (values.out !== undefined) await writeFile(values.out, tokens.data);
console.log(JSON.stringify({ load, window, peak: memoryOf("VmHWM") }));
