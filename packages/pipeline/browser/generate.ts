/** One clip, from the file to the sound, in the page: the same latents as in Node to 1e-3, the same events. */
import { createFoley } from "@foley-control/pipeline/web";
import { webRuntime } from "@foley-control/runtime/web";
import { type FromNode, recording, request } from "./support/recording.js";

const largest = (found: ArrayLike<number>, expected: ArrayLike<number>, what: string): number => {
  if (found.length !== expected.length) throw new Error(`${found.length} ${what} here, ${expected.length} in Node`);
  let difference = 0;
  for (let i = 0; i < found.length; i++)
    difference = Math.max(difference, Math.abs((found[i] as number) - (expected[i] as number)));
  return difference;
};

/** The embedded model on wasm. */
export async function sameAsNode(fromNode: unknown): Promise<object> {
  const expected = fromNode as FromNode;
  const video = await (await fetch(`data:video/mp4;base64,${expected.clip}`)).blob();
  await using own = webRuntime({ device: "wasm", wasmPaths: "/ort/" });
  const { runtime, latents } = recording(own);
  await using foley = await createFoley({ model: "/packages/mini/weights/", runtime });
  const take = await foley.generate({ ...request, video });
  const inLatents = largest(latents(), expected.latents, "latents");
  const inAudio = largest(take.audio.data, expected.audio, "samples");
  if (!(inLatents < 1e-3)) throw new Error(`the latents differ from Node's by ${inLatents}, the samples by ${inAudio}`);
  const events = (await take.onsets()).times;
  const apart = largest(events, expected.events, "events");
  if (!(apart < 0.005)) throw new Error(`an event is ${apart} s from where it is in Node; samples differ by ${inAudio}`);
  return { inLatents, inAudio, events: events.length, apart, milliseconds: take.diagnostics.milliseconds };
}
