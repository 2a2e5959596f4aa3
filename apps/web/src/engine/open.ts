/** The pipeline, opened: everything that is large comes with this module, which is loaded when the engine starts. */
import { createFoley } from "@foley-control/pipeline/web";
import { DEFAULT_STEPS } from "@foley-control/sampler";
import { loudness } from "@foley-control/signal";
import type { EngineKind, MadeTake, ModelFiles, TakeRequest } from "./engine.js";
import { followTake, GUESSED_TIMES, type PartTimes } from "./progress.js";
import type { OpenedEngine, OpenOptions } from "./running.js";

/** Steps of a draft: enough for the moments and the material, with a rougher sound. */
const DRAFT_STEPS = 8;

/** What silence is as a number. */
const SILENCE_LUFS = -200;

const DEVICES = { webgpu: "webgpu", "wasm-threads": "wasm", wasm: "wasm" } as const satisfies Record<EngineKind, string>;

/** Opens the pipeline on one kind of device. */
export async function openPipeline(kind: EngineKind, files: ModelFiles, { onProgress }: OpenOptions): Promise<OpenedEngine> {
  const shares = { weights: 0, rest: 0 };
  const tell = (what: string): void => onProgress(0.2 * shares.weights + 0.8 * shares.rest, what);
  const read = new Map<string, { readonly done: number; readonly total: number }>();
  const foley = await createFoley({
    model: files,
    runtime: { device: DEVICES[kind], ...(kind === "wasm" && { threads: 1 }) },
    onProgress: (event) => {
      if (event.type !== "read-progress" || event.total === undefined) return;
      read.set(event.part, { done: event.done, total: event.total });
      const sum = (key: "done" | "total"): number => [...read.values()].reduce((all, one) => all + one[key], 0);
      shares.weights = Math.max(shares.weights, read.size === 3 ? sum("done") / sum("total") : 0);
      tell("engine.starting.weights");
    },
  });
  try {
    shares.weights = 1;
    await foley.prepare({
      onProgress: (event) => {
        if (event.type !== "prepare-progress") return;
        shares.rest = event.fraction;
        tell(`engine.starting.${event.part}`);
      },
    });
    const capabilities = await foley.capabilities();
    const { backbone } = foley.parts;
    const usual = backbone.sampling?.(backbone.frames(backbone.seconds.maximum));
    const stepsOf: Record<"draft" | "refined", number> = { refined: usual?.steps ?? DEFAULT_STEPS, draft: DRAFT_STEPS };
    let times: PartTimes = GUESSED_TIMES;
    return {
      capabilities,
      steps: stepsOf,
      unknownWords: (prompt) => backbone.unknownWords?.(prompt) ?? [],
      findEvents: async (file, signal, onShare) => {
        const found = await foley.findEvents({
          video: file,
          signal,
          onProgress: (event) => {
            if (event.type === "encode-progress" && event.total > 0) onShare(event.done / event.total);
          },
        });
        return found.events;
      },
      async make(request, model, signal, onTake) {
        const steps = typeof request.steps === "number" ? request.steps : stepsOf[request.steps];
        const watches = request.events === undefined && request.videoStrength > 0;
        const follow = followTake(onTake, { steps, times, watches, now: () => performance.now() });
        const take = await foley.generate({ ...asked(request, steps), signal, onProgress: follow });
        const { milliseconds, settings, joints, warnings } = take.diagnostics;
        // Said below the prompt already, while it is typed.
        const unknown = backbone.unknownWords?.(settings.prompt) ?? [];
        const windows = joints.length + 1;
        const step = milliseconds.sample / windows / steps;
        // What was not measured this time is as long as before, counted in steps.
        const video = watches ? (milliseconds.read + milliseconds.video) / windows : (times.video / times.step) * step;
        times = { video, step, decode: milliseconds.decode / windows };
        const { channels, sampleRate } = take.pcm({ sampleRate: "native" });
        return {
          sampleRate,
          channels,
          settings: {
            prompt: settings.prompt,
            negativePrompt: settings.negativePrompt,
            seed: Number(settings.seed),
            steps: settings.steps,
            guidanceScale: settings.guidanceScale,
            videoStrength: settings.videoStrength,
            events: take.events,
            model,
          },
          onsets: Array.from((await take.onsets()).times, (time) => take.start + time),
          loudness: Math.max(SILENCE_LUFS, loudness(channels, sampleRate).integrated),
          warnings: warnings.filter((sentence) => !unknown.some((word) => sentence.includes(`"${word}"`))),
        } satisfies MadeTake;
      },
      dispose: () => foley.dispose(),
    };
  } catch (error) {
    await foley.dispose().catch(() => undefined);
    throw error;
  }
}

const asked = (
  { file, start, duration, prompt, negativePrompt, seed, guidanceScale, videoStrength, events }: TakeRequest,
  steps: number,
) => ({ video: file, start, duration, prompt, negativePrompt, seed, guidanceScale, videoStrength, events, steps });
