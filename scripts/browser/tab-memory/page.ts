/** What a tab does that makes a sound with a released model from local files; runs in the page, and says where it is, so that its process is looked at. */
import { openBackboneFiles } from "@foley-control/models/web";
import { createFoley } from "@foley-control/pipeline/web";
import { webRuntime } from "@foley-control/runtime/web";
import type { Asked, Told } from "./measure.js";

declare global {
  /** Given to the page by the bench. */
  var reached: (stage: string) => Promise<void>;
}

/** Makes the sound from the files that were chosen. */
export async function makeSound({ precision, threads, steps, seconds, clip, seesClip }: Asked): Promise<Told> {
  const chosen = [...(document.querySelector("input")?.files ?? [])];
  const started = performance.now();
  const since = (): number => Math.round(performance.now() - started);
  const backbone = await openBackboneFiles(
    chosen.map((file) => ({ path: file.webkitRelativePath, file })),
    { clip: seesClip },
  );
  if (backbone === undefined) throw new Error("the folder is not recognised");
  await globalThis.reached("opened");
  const video = clip === undefined ? {} : { video: await (await fetch(clip)).blob() };
  await using foley = await createFoley({
    backbone,
    runtime: webRuntime({ device: "wasm", threads, wasmPaths: "/ort/", precision, startTimeout: 300 }),
  });
  let firstStepMs = 0;
  const take = await foley.generate({
    ...video,
    ...(clip === undefined && { duration: seconds }),
    prompt: "a steel ball bouncing on wood",
    seed: 1,
    steps,
    onProgress(event) {
      if (event.type === "step-end" && event.index === 0) {
        firstStepMs = since();
        void globalThis.reached("first step");
      }
      if (event.type === "decode-progress" && event.done === 0) void globalThis.reached("steps");
    },
  });
  await globalThis.reached("sound");
  return { firstStepMs, soundMs: since(), seconds: take.duration };
}
