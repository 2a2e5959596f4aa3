/** What the networks of the metrics are fed: resampling, seven log-mel front-ends, resized pictures, stretched frames. */
import {
  type Comparison,
  compare,
  compareAll,
  formula,
  type GoldenCase,
  type Input,
  type Numbers,
  numbers,
  seedOf,
} from "@foley-control/golden";
import {
  CLAP_MEL,
  decibelMel,
  IMAGEBIND_MEL,
  imagebindClips,
  imagebindFilterbank,
  imagebindMel,
  imagebindSquares,
  PASST_MEL,
  padded,
  passtMel,
  SYNCHFORMER_MEL,
  synchformerMel,
  VGGISH_MEL,
  vggishMel,
} from "@foley-control/metrics";
import {
  bicubicResize,
  createResampler,
  type MelSpectrogramOptions,
  melFilterbank,
  melSpectrogram,
  resample,
  spectrogram,
  stretchFrames,
} from "@foley-control/signal";
import { synchformerSquare } from "@foley-control/video-encoder";

type Check = (golden: GoldenCase) => readonly Comparison[];

/** Every front-end, told by what its configuration holds. */
const frontEnds: readonly (readonly [(config: Record<string, unknown>) => boolean, Check])[] = [
  [({ method }) => method === "sinc_interp_hann", checkResampling],
  [({ alignCorners }) => alignCorners === true, checkStretch],
  [({ antialias, interpolation }) => antialias === true && String(interpolation).startsWith("bicubic"), checkResize],
  [({ targetLength, clips }) => targetLength !== undefined && clips !== undefined, checkImagebind],
  [({ segment, padTo }) => segment !== undefined && padTo !== undefined, checkSynchformer],
  [({ preemphasis, post }) => preemphasis !== undefined && post !== undefined, checkPasst],
  [({ frame, logOffset }) => frame !== undefined && logOffset !== undefined, checkVggish],
  [({ amin, topDb }) => amin !== undefined && topDb === null, checkDecibels],
];

const found = ({ file }: GoldenCase) => frontEnds.find(([matches]) => file.config !== undefined && matches(file.config));

/** Whether a case is of this kind. */
export const isFrontEnd = (golden: GoldenCase): boolean => found(golden) !== undefined;

/** Every output, and the rules that the case states beside them. */
export const checkFrontEnd: Check = (golden) => found(golden)?.[1](golden) ?? [];

/** The front-end of this project with the sizes of the case. */
function sized(base: MelSpectrogramOptions, { config }: GoldenCase["file"]): MelSpectrogramOptions {
  return {
    ...base,
    sampleRate: config.sampleRate,
    fftSize: config.nFft,
    windowLength: config.win ?? config.frame,
    hop: config.hop,
    bands: config.mels,
    minimumHz: config.fmin,
    maximumHz: config.fmax,
    ...(config.logOffset !== undefined && { logOffset: config.logOffset }),
    ...(base.framePreemphasis !== undefined && { framePreemphasis: config.preemphasis }),
  };
}

/** [bins, bands], as most libraries have it. */
function filters(options: MelSpectrogramOptions): Numbers {
  const bank = melFilterbank(options);
  const dense = bank.dense();
  const data = Float64Array.from(dense, (_, i) => dense[(i % bank.bands) * bank.bins + Math.floor(i / bank.bands)] as number);
  return { shape: [bank.bins, bank.bands], data };
}

/** [bands, frames] of [frames, bands]. */
function turned(values: Float64Array, frames: number, bands: number): Numbers {
  const data = values.map((_, i) => values[(i % frames) * bands + Math.floor(i / frames)] as number);
  return { shape: [bands, frames], data: data as Numbers["data"] };
}

/** Near the floor of a logarithm, and in powers without one, either limit will do: the reference itself is float32 noise there. */
const either = (comparisons: readonly Comparison[]): readonly Comparison[] =>
  comparisons.map((one) => ({
    ...one,
    passed: one.passed || one.maxAbs <= (one.limits.maxAbs ?? 0) || one.relL2 <= (one.limits.relL2 ?? 0),
  }));

const plain = ({ shape, data }: { readonly shape: readonly number[]; readonly data: ArrayLike<number> }): Numbers => ({
  shape,
  data: Float64Array.from(data),
});

function checkResampling(golden: GoldenCase): readonly Comparison[] {
  const computed: Record<string, Numbers> = {};
  const { lowpassFilterWidth, rolloff } = golden.file.config;
  for (const [name, { shape }] of Object.entries(golden.file.outputs)) {
    const [how, key] = name.split(".") as [string, string];
    const [from, to] = key.split("to").map(Number) as [number, number];
    const options = { lowpassFilterWidth, rolloff, kernelPrecision: how === "functional" ? "float32" : "mixed" } as const;
    if (how === "kernel") {
      const data = createResampler(from, to, options).kernel();
      computed[name] = { shape, data: Float64Array.from(data) };
      continue;
    }
    const wave = golden.input(key in golden.file.inputs ? key : String(from)).data;
    const made = resample(wave, from, to, options);
    computed[name] = numbers(how === "functional" ? made.subarray(0, shape[0]) : made);
  }
  return compareAll(golden, computed);
}

function checkStretch(golden: GoldenCase): readonly Comparison[] {
  const { shape, data } = golden.input("mel");
  const [frames, bands] = shape.slice(-2) as [number, number];
  const computed = Object.entries(golden.file.outputs).map(([name, output]) => {
    const values = stretchFrames(data, frames, bands, output.shape.at(-2) as number);
    return [name, { shape: output.shape, data: values as Numbers["data"] }] as const;
  });
  return compareAll(golden, Object.fromEntries(computed));
}

interface Crops {
  readonly rule?: string;
  readonly examples?: Readonly<Record<string, { readonly ib: readonly number[]; readonly sync: number }>>;
}

function checkResize(golden: GoldenCase): readonly Comparison[] {
  const { file } = golden;
  const resized = Object.entries(file.outputs).map(([name, output]) => {
    const source = file.inputs[name]?.stored === undefined ? pictureOf(golden, name) : golden.input(name);
    const [height, width, channels = 1] = source.shape as [number, number, number?];
    const [toHeight, toWidth] = output.shape as [number, number];
    const bytes = bicubicResize(Uint8Array.from(source.data), width, height, toWidth, toHeight, { channels });
    return compare(name, { shape: output.shape, data: Float64Array.from(bytes) }, golden.stored(name), { maxAbs: 0 });
  });
  const { examples = {}, rule = "" } = (file.config.ibCrops ?? {}) as Crops;
  const size = Number(/crops of (\d+)/.exec(rule)?.[1]);
  const crops = Object.entries(examples).map(([side, { ib, sync }]) =>
    compare(`crops of ${side}`, numbers(cropsOf(Number(side), size)), numbers([...ib, sync]), { maxAbs: 0 }),
  );
  return [...resized, ...crops];
}

/** Where ImageBind's squares and Synchformer's begin in a picture whose columns say in two bytes which they are. */
function cropsOf(width: number, height: number): readonly number[] {
  const rgb = Uint8Array.from({ length: height * width * 3 }, (_, i) => (Math.floor(i / 3) % width) >> (8 * (i % 3)));
  const frame = { rgb, height, width };
  return [...imagebindSquares(frame), synchformerSquare(frame)].map(([low = 0, high = 0]) => low + 256 * high);
}

/** The picture that the case describes by a formula: noise of its amplitude and seed over a pattern, or one plane without noise. */
function pictureOf({ file }: GoldenCase, name: string): Numbers {
  const entry = file.inputs[name] as Input;
  const { shape, amp = 0, offset = 0 } = entry;
  const [height, width, channels] = shape as readonly [number, number, number?];
  if (channels === undefined) {
    const [i, j] = [(at: number) => Math.floor(at / width), (at: number) => at % width];
    return {
      shape,
      data: Float64Array.from({ length: height * width }, (_, at) => (37 * i(at) + 53 * j(at) + 11 * i(at) * j(at)) % 256),
    };
  }
  const noise = formula(entry.name ?? `input:${name}`, { shape, amp, offset }, seedOf(name, entry, file));
  const data = Float64Array.from(noise, (value, i) => {
    const [c, x, y] = [i % channels, Math.floor(i / channels) % width, Math.floor(i / (channels * width))];
    const odd = (Math.floor(x / 5) + Math.floor(y / 7)) % 2;
    const base = [(7 * x + 3 * y) % 256, (x * y) % 256, odd * 200 + 20][c] as number;
    return Math.max(0, Math.min(255, base + Math.floor(value)));
  });
  return { shape, data };
}

function checkVggish(golden: GoldenCase): readonly Comparison[] {
  const { file } = golden;
  const options = sized(VGGISH_MEL, file);
  const wave = golden.input("wave").data;
  const { frames, bands, values } = melSpectrogram(wave, options);
  const length = file.outputs["examples"]?.shape[1] as number;
  const counts = Object.entries((file["exampleCounts"] ?? {}) as Record<string, number>).map(([samples, count]) => {
    const pieces = vggishMel(new Float32Array(Number(samples)), options, length).shape[0] as number;
    return compare(`examples of ${samples} samples`, numbers([pieces]), numbers([count]), { maxAbs: 0 });
  });
  const computed = {
    logmel: { shape: [frames, bands], data: values as Numbers["data"] },
    examples: plain(vggishMel(wave, options, length)),
    melMatrix: filters(options),
  };
  return [...either(compareAll(golden, computed)), ...counts];
}

function checkDecibels(golden: GoldenCase): readonly Comparison[] {
  const options = { ...sized(CLAP_MEL, golden.file), logFloor: golden.file.config.amin };
  const wave = golden.input("wave").data;
  const power = spectrogram(wave, options);
  const silent = golden.file.outputs["logmelSilence"]?.shape ?? [0];
  const silence = decibelMel(new Float32Array(options.fftSize + options.hop! * (silent[0] as number)), options);
  const computed = {
    power: { shape: [power.frames, power.bins], data: power.values as Numbers["data"] },
    logmel: plain(decibelMel(wave, options)),
    melW: filters(options),
    logmelSilence: { shape: silent, data: Float64Array.from(silence.data.subarray(0, (silent[0] as number) * options.bands!)) },
  };
  return either(compareAll(golden, computed));
}

function checkPasst(golden: GoldenCase): readonly Comparison[] {
  const { file } = golden;
  const options = sized(PASST_MEL, file);
  const wave = golden.input("wave").data as Float32Array<ArrayBuffer>;
  const computed: Record<string, Numbers> = { mel: plain(passtMel(wave, options)) };
  const tail = file.outputs["melPadded"] as { readonly shape: readonly number[]; readonly meaning?: string } | undefined;
  const length = Number(tail?.meaning?.match(/to (\d+) samples/)?.[1]);
  if (tail && length > 0) {
    const { data, shape } = passtMel(padded(wave, length), options);
    const [frames, kept] = [shape.at(-1) as number, tail.shape[1] as number];
    computed["melPadded"] = { shape: tail.shape, data: Float64Array.from(data.filter((_, i) => i % frames >= frames - kept)) };
  }
  const bank = melFilterbank(options);
  const dense = bank.dense();
  const columns = file.outputs["melBanks"]?.shape[1] ?? bank.bins;
  computed["melBanks"] = {
    shape: [bank.bands, columns],
    data: Float64Array.from(dense.filter((_, i) => i % bank.bins < columns)),
  };
  return either(compareAll(golden, computed));
}

function checkImagebind(golden: GoldenCase): readonly Comparison[] {
  const { file } = golden;
  const { config } = file;
  const mel = sized(IMAGEBIND_MEL, file);
  const options = { mel, clipSeconds: config.clipSeconds, frames: config.targetLength, mean: config.mean, deviation: config.std };
  const wave = golden.input("wave").data as Float32Array<ArrayBuffer>;
  const bank = imagebindFilterbank([wave], mel);
  const computed: Record<string, Numbers> = {
    fbank: { shape: [bank.frames, bank.bands], data: bank.values as Numbers["data"] },
    input: plain(imagebindMel({ channels: [wave], sampleRate: config.sampleRate }, { ...options, clips: 1 })),
  };
  const rules: Comparison[] = [];
  if (file.inputs["stereo"]) {
    const { shape, data } = golden.input("stereo") as { shape: readonly number[]; data: Float32Array<ArrayBuffer> };
    const length = shape[1] as number;
    const channels = Array.from({ length: shape[0] as number }, (_, c) => data.subarray(c * length, (c + 1) * length));
    const sound = { channels, sampleRate: config.sampleRate };
    computed["stereoClips"] = plain(imagebindMel(sound, { ...options, clips: config.clips }));
    const expected = numbers((file["clipSamples"] as number[][]).flat());
    const clips = imagebindClips(length, { ...options, clips: config.clips });
    rules.push(compare("clips", numbers(clips.flat()), expected, { maxAbs: 0 }));
  }
  return [...either(compareAll(golden, computed)), ...rules];
}

function checkSynchformer(golden: GoldenCase): readonly Comparison[] {
  const { file } = golden;
  const { segment, step, padTo, mean, std } = file.config;
  const mel = sized(SYNCHFORMER_MEL, file);
  const wave = golden.input("wave").data as Float32Array<ArrayBuffer>;
  const { frames, bands, values } = melSpectrogram(wave.subarray(0, segment), mel);
  return either(
    compareAll(golden, {
      logmel0: turned(values, frames, bands),
      segments: plain(synchformerMel(wave, { mel, segment, step, frames: padTo, mean, deviation: std })),
      melBanks: filters(mel),
    }),
  );
}
