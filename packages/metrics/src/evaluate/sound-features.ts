/** From one sound to its features, with whatever networks are at hand. Nothing is kept but the loaded graphs. */
import { type Executable, FoleyError, type PlainTensor, type Runtime } from "@foley-control/core";
import { detectOnsets, envelope, melSpectrogram } from "@foley-control/signal";
import {
  CLAP_MEL,
  clapMel,
  imagebindMel,
  MS_CLAP_SAMPLE_RATE,
  msClapMel,
  PANNS_MEL,
  PASST_MEL,
  PASST_SAMPLES,
  pannsMel,
  passtMel,
  synchformerMel,
  VGGISH_MEL,
  vggishMel,
} from "../frontends/mels.js";
import { centredMono, checkSound, endToEnd, padded, plainMono, repeated, type Sound, tiled } from "../frontends/sound.js";
import { AUDIOBOX_AXES, type AudioboxTransform, audioboxScores, audioboxWindows } from "../networks/audiobox.js";
import type { MetricNetwork } from "../networks/release.js";
import { DESYNC_SEGMENT_SAMPLES, desyncWindows } from "../statistics/desync.js";
import { DEFAULT_LAG_HOP_SECONDS, DEFAULT_LAG_WINDOW_SECONDS } from "../statistics/onsets.js";
import type { Rows } from "../statistics/rows.js";

/** Features of one sound by name, without the side. */
export type NamedRows = Readonly<Record<string, Rows>>;

/** Makes some features of sounds. */
export interface SoundFeatures {
  /** What made them, settings included: features of equal ids are interchangeable, and are cached under it. */
  readonly id: string;
  /** Names of the features. */
  readonly makes: readonly string[];
  /**
   * Features of one sound.
   *
   * @throws FoleyError `invalid-argument` for a sound without samples, one that is not finite, or one that is too short for the network.
   */
  compute(sound: Sound): Promise<NamedRows>;
  /** Frees the loaded graphs; idempotent. */
  dispose(): Promise<void>;
}

/** Networks that hear; each is left out or given. */
export interface SoundNetworks {
  /** `vggish(weights)`. */
  readonly vggish?: MetricNetwork<{ readonly pieces: number }>;
  /** `panns(weights)`. */
  readonly panns?: MetricNetwork<{ readonly batch?: number; readonly frames: number }>;
  /** `passt(weights)`. */
  readonly passt?: MetricNetwork<{ readonly batch?: number }>;
  /** `imagebind(weights).audio`. */
  readonly imagebind?: MetricNetwork<{ readonly clips?: number }>;
  /** `synchformer(weights).audio`. */
  readonly synchformer?: MetricNetwork<{ readonly segments?: number }>;
  /** `laionClapAudio(weights)`. */
  readonly laionClap?: MetricNetwork<{ readonly batch?: number }>;
  /** `msClapAudio(weights)`. */
  readonly msClap?: MetricNetwork<{ readonly batch?: number }>;
  /** `audiobox(weights)`. */
  readonly audiobox?: MetricNetwork<{ readonly windows: number }>;
  /** How Audiobox's scores are put back on people's scale. */
  readonly audioboxTransform?: AudioboxTransform;
}

/** Samples that LAION-CLAP hears: 10 s. */
const CLAP_SAMPLES = 10 * CLAP_MEL.sampleRate;
/** Samples that MS-CLAP hears: 7 s. */
const MS_CLAP_SAMPLES = 7 * MS_CLAP_SAMPLE_RATE;

/**
 * Everything that the given networks say about sounds, each through its own loader and front-end.
 *
 * @param seconds - First seconds of every sound that are heard; all clips of an evaluation must share them. ImageBind hears the whole, MS-CLAP
 * the first 7 s of it.
 */
export function soundFeatures(runtime: Runtime, networks: SoundNetworks, seconds: number): readonly SoundFeatures[] {
  const { vggish, panns, passt, imagebind, synchformer, laionClap, msClap, audiobox } = networks;
  const made: SoundFeatures[] = [];
  const add = (
    id: string,
    makes: readonly string[],
    graphs: Graphs,
    compute: (sound: Sound) => Promise<readonly Rows[]>,
  ): void => {
    made.push({
      id,
      makes,
      async compute(sound) {
        const rows = await compute(sound);
        return Object.fromEntries(makes.map((name, i) => [name, rows[i] as Rows]));
      },
      dispose: () => graphs.dispose(),
    });
  };
  if (vggish) {
    const graphs = graphsOf(runtime);
    add(`${vggish.id}/${seconds}s`, ["vggish"], graphs, async (sound) => {
      const mel = vggishMel(centredMono(sound, VGGISH_MEL.sampleRate, seconds));
      const pieces = mel.shape[0] as number;
      if (pieces === 0) throw tooShort("VGGish", 0.975);
      return [rowsOfTensor((await graphs.run(vggish, { pieces }, { mel }))["embedding"])];
    });
  }
  if (panns) {
    const graphs = graphsOf(runtime);
    add(`${panns.id}/${seconds}s`, ["panns", "panns-logits"], graphs, async (sound) => {
      const samples = centredMono(sound, PANNS_MEL.sampleRate, seconds);
      // Five poolings halve the frames; fewer than 32 leave none.
      if (samples.length < 32 * PANNS_MEL.hop) throw tooShort("PANNs", 0.32);
      const mel = pannsMel(samples);
      const found = await graphs.run(panns, { frames: mel.shape[2] as number }, { mel });
      return [rowsOfTensor(found["features"]), rowsOfTensor(found["logits"])];
    });
  }
  if (passt) {
    const graphs = graphsOf(runtime);
    add(`${passt.id}/${seconds}s`, ["passt", "passt-logits"], graphs, async (sound) => {
      const mel = passtMel(padded(centredMono(sound, PASST_MEL.sampleRate, seconds), PASST_SAMPLES));
      const found = await graphs.run(passt, {}, { mel });
      return [rowsOfTensor(found["features"]), rowsOfTensor(found["logits"])];
    });
  }
  if (imagebind) {
    const graphs = graphsOf(runtime);
    add(imagebind.id, ["imagebind"], graphs, async (sound) => {
      const mel = imagebindMel(sound);
      const found = await graphs.run(imagebind, { clips: mel.shape[0] as number }, { mel });
      return [meanRow(rowsOfTensor(found["embedding"]))];
    });
  }
  if (synchformer) {
    const graphs = graphsOf(runtime);
    add(`${synchformer.id}/${seconds}s`, ["synchformer"], graphs, async (sound) => {
      desyncWindows(seconds);
      const mel = synchformerMel(plainMono(sound, seconds, DESYNC_SEGMENT_SAMPLES.rate));
      const found = await graphs.run(synchformer, { segments: mel.shape[0] as number }, { mel });
      return [rowsOfTensor(found["features"])];
    });
  }
  if (laionClap) {
    const graphs = graphsOf(runtime);
    add(`${laionClap.id}/${seconds}s`, ["laion-clap"], graphs, async (sound) => {
      const mel = clapMel(repeated(centredMono(sound, CLAP_MEL.sampleRate, seconds), CLAP_SAMPLES));
      return [rowsOfTensor((await graphs.run(laionClap, {}, { mel }))["embedding"])];
    });
  }
  if (msClap) {
    const graphs = graphsOf(runtime);
    add(msClap.id, ["ms-clap"], graphs, async (sound) => {
      const mel = msClapMel(tiled(endToEnd(sound, MS_CLAP_SAMPLE_RATE, MS_CLAP_SAMPLES), MS_CLAP_SAMPLES));
      return [rowsOfTensor((await graphs.run(msClap, {}, { mel }))["embedding"])];
    });
  }
  if (audiobox) {
    const graphs = graphsOf(runtime);
    const { audioboxTransform } = networks;
    add(`${audiobox.id}/${seconds}s`, ["audiobox"], graphs, async (sound) => {
      const samples = plainMono(sound, Math.min(seconds, durationOf(sound)), 16000);
      const { wave, valid, weights } = audioboxWindows(samples);
      const windows = weights.length;
      const feeds = {
        wave: tensor([windows, wave.length / windows], wave),
        valid: tensor([windows, valid.length / windows], valid),
      };
      const { data } = (await graphs.run(audiobox, { windows }, feeds))["raw"] as PlainTensor<"float32">;
      const scores = audioboxScores(data, weights, audioboxTransform);
      return [{ count: 1, width: AUDIOBOX_AXES.length, data: Float64Array.from(AUDIOBOX_AXES, (axis) => scores[axis]) }];
    });
  }
  return made;
}

/** What reports say of every sound: `duration` in seconds, of what is evaluated, and `peak`, the largest sample of any channel. */
export function soundFacts(seconds: number): SoundFeatures {
  return {
    id: `facts-1/${seconds}s`,
    makes: ["duration", "peak"],
    // eslint-disable-next-line @typescript-eslint/require-await
    compute: async (sound) => {
      const samples = Math.min(checkSound(sound.channels), Math.trunc(seconds * sound.sampleRate));
      let peak = 0;
      for (const channel of sound.channels) for (let i = 0; i < samples; i++) peak = Math.max(peak, Math.abs(channel[i]!));
      return { duration: oneNumber(samples / sound.sampleRate), peak: oneNumber(peak) };
    },
    dispose: () => Promise.resolve(),
  };
}

/** Hz at which onsets, loudness and colour are taken. */
const PLAIN_RATE = 24000;

/** Features without any network: times of onsets, the contour of loudness, the mean mel spectrum in decibels. */
export function plainSoundFeatures(seconds: number): SoundFeatures {
  return {
    id: `plain-2/${seconds}s`,
    makes: ["onsets", "envelope", "mean-mel"],
    // eslint-disable-next-line @typescript-eslint/require-await
    compute: async (sound) => {
      const mono = plainMono(sound, Math.min(seconds, durationOf(sound)), PLAIN_RATE);
      const times = Float64Array.from(detectOnsets(mono, PLAIN_RATE).times);
      const contour = envelope(mono, PLAIN_RATE, DEFAULT_LAG_HOP_SECONDS, { windowSeconds: DEFAULT_LAG_WINDOW_SECONDS });
      if (contour.length === 0) throw tooShort("The envelope", DEFAULT_LAG_WINDOW_SECONDS);
      const { frames, bands, values } = melSpectrogram(mono, {
        sampleRate: PLAIN_RATE,
        fftSize: 1024,
        hop: 256,
        bands: 64,
        padding: "zero",
        logarithm: "none",
      });
      const spectrum = new Float64Array(bands);
      for (let frame = 0; frame < frames; frame++)
        for (let band = 0; band < bands; band++) spectrum[band]! += values[frame * bands + band]! / frames;
      return {
        onsets: { count: times.length, width: 1, data: times },
        envelope: { count: 1, width: contour.length, data: contour },
        // −100 dB stands for silence, so that it is a number.
        "mean-mel": { count: 1, width: bands, data: spectrum.map((power) => 10 * Math.log10(Math.max(power, 1e-10))) },
      };
    },
    dispose: () => Promise.resolve(),
  };
}

const oneNumber = (value: number): Rows => ({ count: 1, width: 1, data: Float64Array.of(value) });

/** Judges how far picture and sound are apart, from what Synchformer's trunks made of them. */
export interface SynchronyJudge {
  /**
   * Logits of both windows of a clip, the feature `pair/synchformer`.
   *
   * @param video - One row per segment of the picture.
   * @param audio - One row per segment of the sound.
   * @throws FoleyError `invalid-argument` for a clip below 4.8 s.
   */
  judge(video: Rows, audio: Rows): Promise<Rows>;
  /** Frees the loaded graph; idempotent. */
  dispose(): Promise<void>;
}

/**
 * A {@link SynchronyJudge} with Synchformer's head.
 *
 * @param head - `synchformer(weights).head`.
 * @param seconds - Length of the clips.
 */
export function synchronyJudge(
  runtime: Runtime,
  head: MetricNetwork<{ readonly windows?: number }>,
  seconds: number,
): SynchronyJudge {
  const graphs = graphsOf(runtime);
  return {
    async judge(video, audio) {
      const { first, last } = desyncWindows(seconds);
      const shapes = Object.fromEntries(head.graph({ windows: 2 }).inputs.map((input) => [input.name as string, input.shape]));
      const cut = (name: string, rows: Rows) =>
        tensor(
          shapes[name] as readonly number[],
          Float32Array.from([first, last].flatMap(([from, to]) => [...rows.data.subarray(from * rows.width, to * rows.width)])),
        );
      const found = await graphs.run(head, { windows: 2 }, { video: cut("video", video), audio: cut("audio", audio) });
      return rowsOfTensor(found["logits"]);
    },
    dispose: () => graphs.dispose(),
  };
}

interface Graphs {
  run<Options>(
    network: MetricNetwork<Options>,
    options: Options,
    feeds: Readonly<Record<string, PlainTensor>>,
  ): Promise<Record<string, PlainTensor>>;
  dispose(): Promise<void>;
}

/**
 * The graph of the last sizes stays loaded: sounds of an evaluation are equally long, and a graph per length would pile up. Runs of one
 * network wait for each other, so that none loses its graph to a sound of another length.
 */
function graphsOf(runtime: Runtime): Graphs {
  let loaded: { readonly key: string; readonly executable: Promise<Executable> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const free = async (): Promise<void> => {
    const old = loaded;
    loaded = undefined;
    if (old) await (await old.executable).dispose();
  };
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    run: (network, options, feeds) =>
      inTurn(async () => {
        const key = JSON.stringify(options);
        if (loaded?.key !== key) {
          await free();
          loaded = { key, executable: runtime.load(network.graph(options), network.weights) };
        }
        return (await loaded.executable).run(feeds);
      }),
    dispose: () => inTurn(free),
  };
}

/** One row per place of the first axis. */
function rowsOfTensor(value: PlainTensor | undefined): Rows {
  if (!value || !(value.data instanceof Float32Array))
    throw new FoleyError("unsupported", "The network gave no float32 numbers.", { hint: "Use one of this package's networks." });
  const count = value.shape[0] as number;
  return { count, width: value.data.length / count, data: value.data };
}

function meanRow({ count, width, data }: Rows): Rows {
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width]! += data[i]! / count;
  return { count: 1, width, data: mean };
}

const durationOf = ({ channels, sampleRate }: Sound): number => (channels[0]?.length ?? 0) / sampleRate;

const tensor = (shape: readonly number[], data: Float32Array): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape,
  data: data as Float32Array<ArrayBuffer>,
});

const tooShort = (who: string, seconds: number): FoleyError =>
  new FoleyError("invalid-argument", `The sound is too short: ${who} needs at least ${seconds} s.`, {
    hint: "Leave the clip out.",
  });
