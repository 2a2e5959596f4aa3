/** One writing in a process of its own: `write.ts CLIP OUT AT` gives CLIP four seconds of sound and prints what it took, as JSON. */
import { openMedia } from "@foley-control/media/node";
import { usage } from "../shared/usage.js";

const RATE = 48_000;
const [clip = "", out = "", at = "0"] = process.argv.slice(2);
const tone = new Float32Array(4 * RATE).map((_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / RATE));
const media = await openMedia(clip);
await media.saveWithAudio(out, { sampleRate: RATE, channels: [tone, tone] }, { at: Number(at) });
const taken = usage();
media.dispose();
console.log(JSON.stringify(taken));
