import { createFoley } from "@foley-control/pipeline/node";

const foley = await createFoley();
const { events } = await foley.findEvents({ video: "clip.mp4" });
const edited = [
  ...events.filter(({ strength }) => strength > 0.2), // what is hardly there is left out
  { time: 1.25, strength: 0.8, source: "person" } as const, // what was not seen is added
];
const take = await foley.generate({ video: "clip.mp4", prompt: "a hammer hits metal", events: edited, seed: 7 });
await take.saveVideo("moved.mp4");
console.log(take.events);

// Nothing need be seen: a track, a prompt and a duration are enough.
const beat = await foley.generate({
  prompt: "a stick hits a wooden box",
  duration: 2,
  events: [0.25, 0.75, 1.25, 1.75].map((time, i) => ({ time, strength: i === 0 ? 1 : 0.5, source: "person" })),
});
await beat.saveAudio("beat.wav");
await foley.dispose();
