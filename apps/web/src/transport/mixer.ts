/**
 * What is heard: sounds in parts, each part a scheduled buffer on the audio clock, joined sample by sample. A sound that is added while it plays
 * begins where the others are; one that leaves fades within a blink.
 */
import { atRate } from "./at-rate.js";
import type { SoundSource } from "./player.js";
import type { Stretch } from "./stretches.js";

/** Rate of everything that is heard, Hz. */
export const PLAYER_RATE = 48_000;
/** Time constant with which gains change, seconds: no click, and as good as at once. */
const FADE = 0.008;
/** Samples of which a level is the peak. */
const METER_SAMPLES = 1024;

interface Voice {
  source: SoundSource;
  readonly gain: GainNode;
  readonly nodes: Set<AudioBufferSourceNode>;
  /** The part that was read before the clock was started. */
  first: { readonly from: number; readonly to: number; readonly samples: Promise<readonly Float32Array[]> } | undefined;
}

/** Frames of a source that a stretch of the clip needs, and how many seconds of the clock after its beginning they come. */
export function framesWithin(
  { start, duration, sampleRate }: Pick<SoundSource, "start" | "duration" | "sampleRate">,
  { from, length, rate }: Stretch,
): { readonly from: number; readonly to: number; readonly delay: number } | undefined {
  const [low, high] = rate > 0 ? [from, from + length * rate] : [from + length * rate, from];
  const first = Math.max(0, Math.round((low - start) * sampleRate));
  const last = Math.min(Math.round(duration * sampleRate), Math.round((high - start) * sampleRate));
  if (last <= first) return undefined;
  const edge = rate > 0 ? start + first / sampleRate - low : high - (start + last / sampleRate);
  return { from: first, to: last, delay: Math.max(0, edge / Math.abs(rate)) };
}

/** The mixer of one audio context. */
export interface Mixer {
  readonly context: AudioContext;
  sounds(sources: readonly SoundSource[]): void;
  /** Reads what a stretch needs, so that it can begin at once. */
  prepare(stretch: Stretch): Promise<void>;
  /** Plays a stretch on all sounds, those that are added later included. */
  play(stretch: Stretch): void;
  /** Silences everything that is planned. */
  stop(): void;
  level(): readonly [number, number];
  close(): void;
}

/** Makes a mixer. */
export function createMixer(): Mixer {
  const context = new AudioContext({ sampleRate: PLAYER_RATE, latencyHint: "interactive" });
  const master = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
  const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
  const meters = [0, 1].map((output) => {
    const meter = new AnalyserNode(context, { fftSize: METER_SAMPLES });
    splitter.connect(meter, output);
    return meter;
  });
  master.connect(splitter);
  master.connect(context.destination);
  const heard = new Float32Array(METER_SAMPLES);
  const voices = new Map<string, Voice>();
  let planned: Stretch[] = [];

  const read = (voice: Voice, from: number, to: number): Promise<readonly Float32Array[]> => {
    const ready = voice.first?.from === from && voice.first.to === to ? voice.first.samples : undefined;
    return ready ?? voice.source.read(from, to);
  };
  const schedule = async (voice: Voice, stretch: Stretch): Promise<void> => {
    const part = framesWithin(voice.source, stretch);
    if (part === undefined) return;
    const channels = await read(voice, part.from, part.to);
    if (!planned.includes(stretch) || voices.get(voice.source.id) !== voice || channels.length === 0) return;
    const buffer = new AudioBuffer({ numberOfChannels: channels.length, length: part.to - part.from, sampleRate: PLAYER_RATE });
    for (const [index, channel] of channels.entries())
      buffer.copyToChannel((stretch.rate < 0 ? channel.toReversed() : channel) as Float32Array<ArrayBuffer>, index);
    const speed = Math.abs(stretch.rate);
    const node = new AudioBufferSourceNode(context, { buffer, playbackRate: speed });
    node.connect(voice.gain);
    node.addEventListener("ended", () => {
      voice.nodes.delete(node);
      node.disconnect();
    });
    voice.nodes.add(node);
    const late = Math.max(0, context.currentTime - (stretch.at + part.delay));
    node.start(stretch.at + part.delay + late, late * speed);
  };
  const silence = (voice: Voice): void => {
    for (const node of voice.nodes) node.stop();
    voice.nodes.clear();
    voice.first = undefined;
  };
  const remove = (id: string, voice: Voice): void => {
    voices.delete(id);
    voice.gain.gain.setTargetAtTime(0, context.currentTime, FADE);
    setTimeout(
      () => {
        silence(voice);
        voice.gain.disconnect();
      },
      1000 * 8 * FADE,
    );
  };

  return {
    context,
    sounds(sources) {
      const wanted = new Set(sources.map(({ id }) => id));
      for (const [id, voice] of voices) if (!wanted.has(id)) remove(id, voice);
      for (const source of sources) {
        const before = voices.get(source.id);
        if (before) {
          if (before.source.gain !== source.gain) before.gain.gain.setTargetAtTime(source.gain, context.currentTime, FADE);
          before.source = { ...before.source, gain: source.gain };
          continue;
        }
        const gain = new GainNode(context, { gain: 0, channelCount: 2, channelCountMode: "explicit" });
        gain.connect(master);
        gain.gain.setTargetAtTime(source.gain, context.currentTime, FADE);
        const voice: Voice = { source: atRate(source, PLAYER_RATE), gain, nodes: new Set(), first: undefined };
        voices.set(source.id, voice);
        for (const stretch of planned)
          if (stretch.at + stretch.length > context.currentTime) schedule(voice, stretch).catch(ignore);
      }
    },
    async prepare(stretch) {
      await Promise.all(
        [...voices.values()].map(async (voice) => {
          const part = framesWithin(voice.source, stretch);
          if (part === undefined) return;
          voice.first = { from: part.from, to: part.to, samples: voice.source.read(part.from, part.to) };
          await voice.first.samples.catch(ignore);
        }),
      );
    },
    play(stretch) {
      planned = [...planned.filter(({ at, length }) => at + length > context.currentTime - 1), stretch];
      for (const voice of voices.values()) schedule(voice, stretch).catch(ignore);
    },
    stop() {
      planned = [];
      for (const voice of voices.values()) silence(voice);
    },
    level() {
      const peaks = meters.map((meter) => {
        meter.getFloatTimeDomainData(heard);
        return heard.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      });
      return [peaks[0] ?? 0, peaks[1] ?? 0];
    },
    close() {
      for (const voice of voices.values()) silence(voice);
      voices.clear();
      void context.close();
    },
  };
}

/** A part that cannot be read is silent: what is wrong with its file is said where that was opened. */
function ignore(): void {}
