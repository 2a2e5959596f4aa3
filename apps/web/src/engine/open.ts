/** The pipeline, opened: everything that is large comes with this module, which is loaded when the engine starts. */
import type { WarningCode } from "@foley-control/core";
import { browserStore, createFoley } from "@foley-control/pipeline/web";
import { DEFAULT_STEPS } from "@foley-control/sampler";
import { WINDOWS } from "../storage/room.js";
import type { Anew } from "./anew.js";
import type { EngineKind, MadeTake, ModelFiles, SmallModelFiles, TakeRequest } from "./engine.js";
import { listen } from "./listen.js";
import { followTake, GUESSED_TIMES, type PartTimes } from "./progress.js";
import type { OpenedEngine, OpenOptions } from "./running.js";
import { assertQuick, isSlow, trialSeconds } from "./speed.js";

/** Steps of a draft: enough for the moments and the material, with a rougher sound. */
const DRAFT_STEPS = 8;

/** Bytes of finished windows of long takes that stay, so that one that was stopped goes on where it was; over an hour and a half of the embedded model. */
const KEPT_BYTES = 512 * 2 ** 20;

/** What silence is as a number. */
const SILENCE_LUFS = -200;

const DEVICES = { webgpu: "webgpu", "wasm-threads": "wasm", wasm: "wasm" } as const satisfies Record<EngineKind, string>;

/** Opens the pipeline on one kind of device. */
export async function openPipeline(kind: EngineKind, files: ModelFiles, { onProgress }: OpenOptions): Promise<OpenedEngine> {
  const shares = { weights: 0, rest: 0 };
  const tell = (what: string): void => onProgress(0.2 * shares.weights + 0.8 * shares.rest, what);
  const read = new Map<string, { readonly done: number; readonly total: number }>();
  const released = "released" in files ? await (await import("./released.js")).openReleased(files) : undefined;
  const foley = await createFoley({
    ...(released ? { backbone: released } : { model: files as SmallModelFiles }),
    // What others released is large: matrices in 8 bits are what a tab has room for.
    runtime: { device: DEVICES[kind], ...(kind === "wasm" && { threads: 1 }), ...(released && { precision: "int8" }) },
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
    if (capabilities.device === "webgpu")
      await assertQuick(async (signal) => {
        const stream = foley.stream({ duration: trialSeconds(backbone.seconds), steps: 1, signal });
        for await (const _ of stream);
      });
    const usual = backbone.sampling?.(backbone.frames(backbone.seconds.maximum));
    const stepsOf: Record<"draft" | "refined", number> = { refined: usual?.steps ?? DEFAULT_STEPS, draft: DRAFT_STEPS };
    const keep = browserStore({ folder: await windowsFolder(), limitBytes: KEPT_BYTES });
    let times: PartTimes = GUESSED_TIMES;
    return {
      capabilities,
      steps: stepsOf,
      unknownWords: (prompt) => backbone.unknownWords?.(prompt) ?? [],
      longest: backbone.seconds.maximum,
      findEvents: async ({ file, start, duration }, signal) =>
        (await foley.findEvents({ video: file, start, duration, signal })).events,
      async make(request, model, sink, { signal, onProgress: onTake }) {
        const steps = typeof request.steps === "number" ? request.steps : stepsOf[request.steps];
        const watches = request.events === undefined && request.videoStrength > 0;
        const follow = followTake(onTake, { steps, times, watches, now: () => performance.now() });
        const options = { keep, signal, onProgress: follow };
        const { anew } = request;
        const part = anew && (await import("./anew.js"));
        const shown = anew && part?.shownOf(anew, request.start, backbone.seconds.maximum);
        const stream =
          anew && part && shown
            ? part.around(
                foley.stream({ ...(await askedAnew(request, anew, shown, steps)), ...options }),
                anew,
                shown,
                backbone.codec,
              )
            : foley.stream({ ...asked(request, steps), ...options });
        const { summary, ...heard } = await listen(stream, sink);
        const { milliseconds, settings, joints, keptWindows, warnings } = summary.diagnostics;
        // Said elsewhere: below the prompt while it is typed, and where the engine is shown.
        const told: readonly WarningCode[] = ["unknown-words", "slow"];
        const windows = joints.length + 1;
        const made = windows - keptWindows;
        if (made > 0) {
          const step = milliseconds.sample / made / steps;
          // What was not measured this time is as long as before, counted in steps.
          const video = watches ? (milliseconds.read + milliseconds.video) / windows : (times.video / times.step) * step;
          times = { video, step, decode: milliseconds.decode / made };
        }
        return {
          settings: {
            prompt: settings.prompt,
            negativePrompt: settings.negativePrompt,
            seed: Number(settings.seed),
            steps: settings.steps,
            guidanceScale: settings.guidanceScale,
            videoStrength: settings.videoStrength,
            events: anew && part ? part.eventsAround(anew, heard.events) : heard.events,
            model,
            ...(anew && { anew: { start: anew.start, end: anew.end } }),
          },
          onsets: heard.onsets.map((time) => request.start + time),
          loudness: Math.max(SILENCE_LUFS, heard.loudness),
          warnings: warnings.filter(({ code }) => !told.includes(code)),
        } satisfies MadeTake;
      },
      dispose: () => foley.dispose(),
    };
  } catch (error) {
    const disposed = foley.dispose().catch(() => undefined);
    // One that is slow is slow to end too.
    if (!isSlow(error)) await disposed;
    throw error;
  }
}

/** Where finished windows are kept; without a private file system there is no such place, and nothing is kept. */
async function windowsFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(WINDOWS, { create: true });
  } catch {
    return undefined;
  }
}

/** What is asked for of a take that stays around a stretch: what the model is shown of it is known. */
async function askedAnew(
  request: TakeRequest,
  { start, end, take }: Anew,
  { from, to }: { from: number; to: number },
  steps: number,
) {
  const { sampleRate } = take;
  const part = { start: request.start + from / sampleRate, duration: (to - from) / sampleRate };
  const events = request.events?.filter(({ time }) => time >= part.start && time < part.start + part.duration);
  const known = { sound: { sampleRate, channels: await take.read(from, to) }, anew: [{ start, end }] };
  return { ...asked({ ...request, ...part, events }, steps), known };
}

const asked = (
  { file, start, duration, prompt, negativePrompt, seed, guidanceScale, videoStrength, events }: TakeRequest,
  steps: number,
) => ({ video: file, start, duration, prompt, negativePrompt, seed, guidanceScale, videoStrength, events, steps });
