/** Stand-ins for what a session joins: a clip, a player and an engine that do what a test tells them. */
import type { Clip } from "../clip/clip.js";
import type { Engine, EngineState, MadeTake, MakeOptions, TakeRequest, TakeSink } from "../engine/engine.js";
import { createProjects } from "../storage/create-projects.js";
import { createMemoryDisk } from "../storage/memory-disk.js";
import type { Player, PlayerState, SoundSource } from "../transport/player.js";

/** A clip of 4 s at 25 pictures a second, with sound. */
export function fakeClip(file = new File(["video"], "bounce.mp4", { type: "video/mp4" })): Clip & { closed: boolean } {
  const nothing = async (): Promise<void> => undefined;
  return {
    closed: false,
    file,
    info: {
      ...{ duration: 4, frameRate: 25, variableRate: false, width: 64, height: 36, videoCodec: "avc", warnings: [] },
      sound: { codec: "aac", sampleRate: 44_100, channels: 2, duration: 4 },
    },
    frameAt: async () => undefined,
    ...{ filmstrip: nothing, peaks: nothing, motion: nothing },
    sound: async () => [],
    loudness: async () => -22,
    close() {
      this.closed = true;
    },
  };
}

/** A player that only knows where it is, and what it was given. */
export function fakePlayer(): Player & { heard: readonly SoundSource[]; looped: PlayerState["loop"]; at: number } {
  return {
    ...{ heard: [], looped: undefined, at: 0 },
    state: { playing: false, rate: 1, duration: 4, loop: undefined },
    now() {
      return this.at;
    },
    seek(seconds) {
      this.at = seconds;
    },
    sounds(sources) {
      this.heard = sources;
    },
    loop(range) {
      this.looped = range;
    },
    subscribe: () => () => undefined,
    onTime: () => () => undefined,
    level: () => [0, 0],
    play: async () => undefined,
    ...{ show: () => undefined, pause: () => undefined, shuttle: () => undefined, dispose: () => undefined },
  } as Player & { heard: readonly SoundSource[]; looped: PlayerState["loop"]; at: number };
}

/** What takes of the engine below are. */
const SHAPE = { sampleRate: 8, channels: 1, samples: 8 };

/** An engine whose takes come when a test lets them. */
export function fakeEngine(): Engine & {
  readonly requests: TakeRequest[];
  /** Ends what is being made: with a take, or with an error. */
  finish(error?: Error): Promise<void>;
  /** Gives so many of the take's eight samples. */
  give(count: number): Promise<void>;
  state: EngineState;
} {
  const requests: TakeRequest[] = [];
  let running: { readonly sink: TakeSink; resolve(made: MadeTake): void; reject(error: Error): void } | undefined;
  let [count, given] = [0, 0];
  const engine = {
    requests,
    async finish(error?: Error) {
      await until(() => running !== undefined);
      const own = running;
      running = undefined;
      const { prompt, negativePrompt, seed, steps, videoStrength, events } = requests.at(-1) as TakeRequest;
      const settings = {
        ...{ prompt, negativePrompt, seed, videoStrength, guidanceScale: undefined, model: "m" },
        ...{ steps: steps === "draft" ? 4 : 20, events: events ?? [] },
      };
      count++;
      if (!given) await own?.sink.begin(SHAPE);
      await own?.sink.append([new Float32Array(8 - given).fill(count)]);
      given = 0;
      if (error) own?.reject(error);
      else own?.resolve({ settings, onsets: [0.5], loudness: -20 - count, warnings: [] });
      await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async give(samples: number) {
      await until(() => running !== undefined);
      if (!given) await running?.sink.begin(SHAPE);
      given += samples;
      await running?.sink.append([new Float32Array(samples).fill(count + 1)]);
    },
    state: { phase: "off" } as EngineState,
    subscribe: () => () => undefined,
    start: async () => undefined,
    findEvents: async () => [{ time: 1, strength: 1, source: "encoder" }],
    make(request: TakeRequest, sink: TakeSink, { signal, onProgress }: MakeOptions) {
      requests.push(request);
      onProgress({ phase: "sample", share: 0.5, left: undefined });
      return new Promise<MadeTake>((resolve, reject) => {
        running = { sink, resolve, reject };
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    },
    dispose: async () => undefined,
  };
  return engine as unknown as ReturnType<typeof fakeEngine>;
}

/** Waits a moment, often, until something is so. */
export async function until(so: () => boolean): Promise<void> {
  for (let left = 400; !so(); left--) {
    if (left === 0) throw new Error("It did not come.");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Projects in memory. */
export function fakeProjects() {
  return createProjects(createMemoryDisk(), {
    lasting: true,
    handles: { get: async () => undefined, set: async () => undefined, remove: async () => undefined },
    storage: undefined,
    lock: async () => ({ held: true, free: new Promise(() => undefined), release: () => undefined }),
  });
}
