/**
 * One film in a process of its own: `make.ts CLIP OUT STEPS SINGLES SAMPLED` gives CLIP sound with the embedded model and prints what it took, as JSON. Of
 * the windows so many are made singly too, each as a clip of its own, once the networks are loaded. Where SAMPLED is not 0, no more windows than that are
 * sampled, and the others sound like the last of those: everything else is done for all of them.
 */
import type { ProgressListener } from "@foley-control/core";
import { createFoley, type WindowStore } from "@foley-control/pipeline/node";
import { usage } from "../shared/usage.js";

const [clip = "", out = "", steps = "24", singles = "0", sampled = "0"] = process.argv.slice(2);
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
/** A store that knows every window once enough were made: all are of one length, and an entry does not say whose it is. */
const enough = (): WindowStore => {
  let [made, last] = [0, new Uint8Array()];
  return {
    get: async () => (made >= Number(sampled) ? last : undefined),
    async put(_name, bytes) {
      [made, last] = [made + 1, bytes.slice()];
    },
  };
};
let take: Awaited<ReturnType<typeof foley.generate>> | undefined;
const making = await timed(async () => {
  take = await foley.generate({ ...asked, onProgress, keep: sampled === "0" ? undefined : enough() });
});
const saving = await timed(async () => take?.saveVideo(out, { originalAudio: "mix" }));
const { megabytes } = usage();
const single: number[] = [];
for (let i = 0; i < Number(singles); i++) {
  const start = (((take?.duration ?? 12) - 12) * i) / Number(singles);
  single.push(await timed(() => foley.generate({ ...asked, start, duration: 12 })));
}
console.log(JSON.stringify({ megabytes, making, saving, windows, found: take?.diagnostics.keptWindows ?? 0, single }));
