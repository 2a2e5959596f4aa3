/**
 * One film in a process of its own: `make.ts CLIP OUT STEPS SINGLES` gives CLIP sound with the embedded model and prints what it took, as JSON. Of
 * the windows so many are made singly too, each as a clip of its own, once the networks are loaded.
 */
import type { ProgressListener } from "@foley-control/core";
import { createFoley } from "@foley-control/pipeline/node";
import { usage } from "../shared/usage.js";

const [clip = "", out = "", steps = "24", singles = "0"] = process.argv.slice(2);
await using foley = await createFoley({ runtime: { device: "cpu" } });
const asked = { video: clip, prompt: "footsteps on gravel", steps: Number(steps) };
// What is loaded once is no part of a window.
await foley.generate({ ...asked, duration: 12 });
/** Seconds of processor time: other programs at work change those of a clock, and not these. */
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = usage().cpuSeconds;
  await work();
  return usage().cpuSeconds - begun;
};
let windows = 1;
const onProgress: ProgressListener = (event) => {
  if (event.type === "window-start") windows = event.count;
};
let take: Awaited<ReturnType<typeof foley.generate>> | undefined;
const making = await timed(async () => {
  take = await foley.generate({ ...asked, onProgress });
});
const saving = await timed(async () => take?.saveVideo(out, { originalAudio: "mix" }));
const { megabytes } = usage();
const single: number[] = [];
for (let i = 0; i < Number(singles); i++) {
  const start = (((take?.duration ?? 12) - 12) * i) / Number(singles);
  single.push(await timed(() => foley.generate({ ...asked, start, duration: 12 })));
}
console.log(JSON.stringify({ megabytes, making, saving, windows, single }));
