/** Playing: one clock, which is the sound's; picture, playhead and meters follow it outside of React. */
import type { Clip } from "../clip/clip.js";

/** A sound that plays in parts, so that an hour of it is never in memory. */
export interface SoundSource {
  /** What it is: one with the same name goes on playing when the list changes, and only its gain follows. */
  readonly id: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Seconds of the clip at which its first sample lies. */
  readonly start: number;
  /** Seconds. */
  readonly duration: number;
  /** Linear gain; 0 is silent, and plays on, so that it can be heard at once. */
  readonly gain: number;
  /** Planar samples from frame `from` to `to`. */
  read(from: number, to: number): Promise<readonly Float32Array[]>;
}

/** What the player tells those who ask; never through React while it plays. */
export interface PlayerState {
  readonly playing: boolean;
  /** 1 forwards, −1 back, 2, 4 … shuttle. */
  readonly rate: number;
  /** Seconds. */
  readonly duration: number;
  readonly loop: { readonly start: number; readonly end: number } | undefined;
}

/** The player. */
export interface Player {
  /** Seconds of the clip that are heard now: what the picture must show. Cheap; ask it in every animation frame. */
  now(): number;
  readonly state: PlayerState;
  /** Hears changes of state, not of time. */
  subscribe(listener: (state: PlayerState) => void): () => void;
  /** Hears each new time: while playing once per animation frame, else after each seek. */
  onTime(listener: (seconds: number) => void): () => void;
  /** Shows another clip's picture. */
  show(clip: Clip | undefined, canvas: HTMLCanvasElement): void;
  /** What is heard; may change while it plays without a gap and without losing the position. */
  sounds(sources: readonly SoundSource[]): void;
  play(): Promise<void>;
  pause(): void;
  seek(seconds: number): void;
  shuttle(rate: number): void;
  loop(range: { readonly start: number; readonly end: number } | undefined): void;
  /** Peak of each channel of what is heard now, 0 to 1. */
  level(): readonly [number, number];
  dispose(): void;
}
