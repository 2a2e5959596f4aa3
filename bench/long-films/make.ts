/**
 * One film in a process of its own: `make.ts CLIP OUT STEPS SINGLES` gives CLIP sound with the embedded model and prints what it took, as JSON. Of
 * the windows so many are made singly too, each as a clip of its own, once the networks are loaded.
 */
import { createFoley } from "@foley-control/pipeline/node";
import { usage } from "../shared/usage.js";

const [clip = "", out = "", steps = "24", singles = "0"] = process.argv.slice(2);
await using foley = await createFoley({ runtime: { device: "cpu" } });
const asked = { video: clip, prompt: "footsteps on gravel", steps: Number(steps) };
// What is loaded once is no part of a window.
await foley.generate({ ...asked, duration: 12 });
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};
const single: number[] = [];
let windows = 1;
let making = 0;
const take = await foley.generate({
  ...asked,
  onProgress: (event) => {
    if (event.type === "window-start") windows = event.count;
  },
});
making = take.diagnostics.milliseconds.total / 1000;
const saving = await timed(() => take.saveVideo(out, { originalAudio: "mix" }));
const taken = usage();
for (let i = 0; i < Number(singles); i++)
  single.push(await timed(() => foley.generate({ ...asked, start: (take.duration - 12) * (i / Number(singles)), duration: 12 })));
console.log(JSON.stringify({ ...taken, making, saving, windows, single }));
