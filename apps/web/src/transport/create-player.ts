/**
 * The player: the audio context's clock, less what lies between it and the ear, is the time; picture and painters follow. Stretches of the clip
 * are planned a little ahead of the clock; a seek throws the plan away and makes another.
 */
import { createMixer, type Mixer } from "./mixer.js";
import { followPicture, type PictureFollower } from "./picture.js";
import type { Player, PlayerState, SoundSource } from "./player.js";
import { endOf, nextStretch, positionAt, type Stretch } from "./stretches.js";

/** Seconds that are planned ahead: more than the second to which browsers slow the timers of hidden pages. */
const AHEAD = 2.5;
/** Seconds between two looks at the plan. */
const LOOK = 0.1;
/** Seconds between planning and sounding. */
const LEAD = 0.03;
/** Longest wait for the first part of a sound, milliseconds; after it the clock starts and the sound follows. */
const PATIENCE = 700;
/** Fastest shuttle. */
const FASTEST = 8;

/** Makes a player; the audio context comes with the first `play`, since pages may not have one before. */
export function createPlayer(): Player {
  let mixer: Mixer | undefined;
  let follower: PictureFollower | undefined;
  let sources: readonly SoundSource[] = [];
  let state: PlayerState = { playing: false, rate: 1, duration: 0, loop: undefined };
  /** Where it stands while nothing is planned. */
  let position = 0;
  let plan: Stretch[] = [];
  /** Counts plans, so that what was waited for in an old one does nothing. */
  let generation = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  let frame = 0;
  /** When a plan was begun without an audio clock: no device, or the browser has not let it start yet. Then time goes on, and nothing sounds. */
  let silentFrom: number | undefined;
  const listeners = new Set<(state: PlayerState) => void>();
  const timeListeners = new Set<(seconds: number) => void>();

  const change = (part: Partial<PlayerState>): void => {
    state = { ...state, ...part };
    for (const listener of listeners) listener(state);
  };
  /** The moment of the plan that is heard now. */
  const heardNow = (context: AudioContext): number =>
    silentFrom === undefined ? heardTime(context) : (performance.now() - silentFrom) / 1000;
  const now = (): number => {
    const at = state.playing && mixer ? positionAt(plan, heardNow(mixer.context)) : undefined;
    return Math.min(Math.max(0, at ?? position), state.duration);
  };
  const tell = (): void => {
    const seconds = now();
    follower?.follow(seconds, { ahead: state.playing && state.rate === 1 });
    for (const listener of timeListeners) listener(seconds);
  };
  const onFrame = (): void => {
    frame = state.playing ? requestAnimationFrame(onFrame) : 0;
    tell();
  };
  const fill = (): void => {
    if (mixer === undefined || plan.length === 0) return;
    const heard = heardNow(mixer.context);
    for (;;) {
      const last = plan.at(-1) as Stretch;
      if (last.at + last.length > heard + AHEAD) break;
      const next = nextStretch(last.at + last.length, endOf(last), state);
      if (next === undefined) break;
      plan.push(next);
      if (silentFrom === undefined) mixer.play(next);
    }
    const last = plan.at(-1) as Stretch;
    if (heard >= last.at + last.length) halt(endOf(last));
    while (plan.length > 1 && (plan[1] as Stretch).at < heard - 1) plan.shift();
  };
  const halt = (at: number): void => {
    generation++;
    clearInterval(timer);
    mixer?.stop();
    plan = [];
    position = Math.min(Math.max(0, at), state.duration);
    change({ playing: false, rate: 1 });
    tell();
  };
  const startMixer = (): Mixer => {
    const made = createMixer();
    made.context.addEventListener("statechange", () => {
      // What began in silence goes on with sound once there is a clock, and the other way round.
      const silent = made.context.state !== "running";
      if (state.playing && plan.length > 0 && silent !== (silentFrom !== undefined)) void begin(now());
    });
    return made;
  };
  /** Plays from a place, once what is needed first was read. */
  const begin = async (from: number): Promise<void> => {
    mixer ??= startMixer();
    mixer.sounds(sources);
    const mine = ++generation;
    mixer.stop();
    plan = [];
    position = from;
    const { context } = mixer;
    const first = nextStretch(0, from, state);
    if (first === undefined) return halt(from);
    await Promise.race([
      Promise.all([context.resume(), mixer.prepare(first)]),
      new Promise((resolve) => setTimeout(resolve, PATIENCE)),
    ]);
    if (mine !== generation || !state.playing) return;
    silentFrom = context.state === "running" ? undefined : performance.now();
    const start = { ...first, at: silentFrom === undefined ? context.currentTime + LEAD : 0 };
    plan = [start];
    if (silentFrom === undefined) mixer.play(start);
    fill();
    clearInterval(timer);
    timer = setInterval(fill, 1000 * LOOK);
    if (frame === 0) frame = requestAnimationFrame(onFrame);
  };
  const again = (from: number): void => {
    if (state.playing) void begin(from);
    else position = from;
    tell();
  };

  return {
    now,
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onTime(listener) {
      timeListeners.add(listener);
      return () => timeListeners.delete(listener);
    },
    show(clip, canvas) {
      follower?.stop();
      follower = clip && followPicture(clip, canvas);
      change({ duration: clip?.info.duration ?? 0 });
      tell();
    },
    sounds(next) {
      sources = next;
      mixer?.sounds(next);
    },
    async play() {
      if (state.playing && state.rate === 1) return;
      const at = now();
      const { loop, duration } = state;
      change({ playing: true, rate: 1 });
      await begin(at >= duration - 1e-3 ? (loop?.start ?? 0) : at);
    },
    pause() {
      if (state.playing) halt(now());
    },
    seek(seconds) {
      again(Math.min(Math.max(0, seconds), state.duration));
    },
    shuttle(rate) {
      if (rate === 0) return this.pause();
      const at = now();
      change({ playing: true, rate: Math.sign(rate) * Math.min(FASTEST, Math.abs(rate)) });
      void begin(at);
    },
    loop(range) {
      const at = now();
      change({ loop: range && range.end > range.start ? range : undefined });
      if (state.playing) again(at);
    },
    level: () => (state.playing && mixer ? mixer.level() : [0, 0]),
    dispose() {
      halt(now());
      follower?.stop();
      follower = undefined;
      mixer?.close();
      mixer = undefined;
      listeners.clear();
      timeListeners.clear();
    },
  };
}

/** The moment of the audio clock that reaches the ear now. `currentTime` moves in blocks; the browser's own pair of clocks is finer, where it gives one. */
function heardTime(context: AudioContext): number {
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  const rough = context.currentTime - (context.outputLatency || 0);
  if (!(performanceTime > 0)) return rough;
  const fine = contextTime + (performance.now() - performanceTime) / 1000;
  return Math.abs(fine - rough) < 0.25 && context.state === "running" ? fine : rough;
}
