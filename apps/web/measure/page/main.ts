/** The studio's engine without its screens, for `measure/engine.ts`. */
import { createEngine } from "../../src/engine/create-engine.js";
import type { EngineKind, TakeRequest, TakeSink } from "../../src/engine/engine.js";

const engine = createEngine();
const states: string[] = [];
engine.subscribe((state) => states.push(JSON.stringify(state)));
let clip: File | undefined;

/** Keeps the first channel of a take, and nothing else. */
function ear(): TakeSink & { readonly pieces: Float32Array[] } {
  const pieces: Float32Array[] = [];
  return {
    pieces,
    begin: async () => void pieces.splice(0),
    append: async ([first]) => void pieces.push(first as Float32Array),
    // Of a take that comes at once.
    read: async (from, to) => [(pieces[0] as Float32Array).slice(from, to)],
  };
}

/** What the measuring script calls. */
const measured = {
  async open(base64: string): Promise<void> {
    const blob = await (await fetch(`data:video/mp4;base64,${base64}`)).blob();
    clip = new File([blob], "scene.mp4", { type: "video/mp4" });
  },
  async start(kind?: EngineKind) {
    const begun = performance.now();
    await engine.start(kind);
    return { milliseconds: performance.now() - begun, state: engine.state };
  },
  async make(request: Partial<TakeRequest>) {
    const begun = performance.now();
    const shares: number[] = [];
    const sink = ear();
    const take = await engine.make(
      {
        ...{ file: clip as File, start: 0, duration: 4, prompt: "", negativePrompt: "", seed: 7, steps: "refined" },
        ...{ guidanceScale: undefined, videoStrength: 1, events: undefined, ...request },
      },
      sink,
      {
        signal: new AbortController().signal,
        onProgress({ share, phase }) {
          shares.push(share);
          console.info(`${phase} ${Math.round(100 * share)} %`);
        },
      },
    );
    const samples = sink.pieces.flatMap((piece) => Array.from(piece));
    return { milliseconds: performance.now() - begun, shares, samples, ...take };
  },
  /** Milliseconds from the wish to stop to the end, asked in the middle of sampling. */
  async cancel() {
    const controller = new AbortController();
    let asked = 0;
    let step = 0;
    let at = performance.now();
    await engine
      .make(
        {
          ...{ file: clip as File, start: 0, duration: 4, prompt: "", negativePrompt: "", seed: 7, steps: "refined" },
          ...{ guidanceScale: undefined, videoStrength: 1, events: undefined },
        },
        ear(),
        {
          signal: controller.signal,
          onProgress({ phase, share }) {
            step = performance.now() - at;
            at = performance.now();
            if (phase !== "sample" || share < 0.5 || asked > 0) return;
            asked = performance.now();
            controller.abort();
          },
        },
      )
      .then(
        () => Promise.reject(new Error("it was not cancelled")),
        () => undefined,
      );
    const stopped = performance.now() - asked;
    const again = performance.now();
    await engine.make(
      {
        ...{ file: clip as File, start: 0, duration: 4, prompt: "", negativePrompt: "", seed: 7, steps: 1 },
        ...{ guidanceScale: undefined, videoStrength: 1, events: [] },
      },
      ear(),
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    return { stopped, step, next: performance.now() - again };
  },
  findEvents: async () => engine.findEvents({ file: clip as File, start: 0, duration: 4 }, new AbortController().signal),
  states,
};

/** What the script sees. */
export type Measured = typeof measured;
Object.assign(globalThis, { measured });
