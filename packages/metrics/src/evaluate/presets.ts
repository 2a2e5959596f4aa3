/** What is measured: the tables of the field, and one that needs no downloaded weights. */
import { byId } from "../by-id.js";
import { cleanSampleName } from "../statistics/sample-names.js";

/** A set of metrics with the procedure around them. */
export interface EvaluationPreset {
  /** What it is asked for by. */
  readonly id: string;
  /** What it is for, one sentence. */
  readonly about: string;
  /** First seconds of every clip that count; `undefined`: the length of the shortest is up to the caller. */
  readonly seconds: number | undefined;
  /** Ids of the metrics, in the order in which they are printed. */
  readonly metrics: readonly string[];
  /** How generated names are cleaned before they are looked up. */
  readonly clean?: (name: string) => string;
  /** Whether an unpaired name or a clip that cannot be scored ends the evaluation, where av-benchmark goes on without it. */
  readonly strict: boolean;
}

const AV_BENCHMARK = [
  "fd-vggish",
  "fd-panns",
  "fd-passt",
  "kl-panns",
  "kl-passt",
  "isc-panns",
  "isc-passt",
  "ib-score",
  "desync",
  "clap-laion",
  "clap-ms",
] as const;
const KERNELS = ["kad-vggish", "kad-panns", "kad-passt"] as const;

/** All presets. */
export const evaluationPresets: readonly EvaluationPreset[] = [
  {
    id: "vggsound",
    about: "VGGSound test, 8 s: the table of MMAudio with unbiased kernel distances beside the Fréchet distances.",
    seconds: 8,
    metrics: [...AV_BENCHMARK.filter((id) => !id.startsWith("clap")), ...KERNELS],
    clean: cleanSampleName,
    strict: false,
  },
  {
    id: "moviegen",
    about: "MovieGen Audio Bench, 10 s: it has no true sound, so only metrics that need none.",
    seconds: 10,
    metrics: ["isc-panns", "ib-score", "desync", "clap-laion", "audiobox-pq", "audiobox-pc", "audiobox-ce", "audiobox-cu"],
    strict: false,
  },
  {
    id: "audiocaps",
    about: "AudioCaps, 10 s: sounds of captions, without pictures.",
    seconds: 10,
    metrics: [...AV_BENCHMARK.filter((id) => id !== "ib-score" && id !== "desync"), ...KERNELS],
    clean: cleanSampleName,
    strict: false,
  },
  {
    id: "av-benchmark",
    about:
      "Everything that av-benchmark prints, by its procedure, and unbiased distances beside; clips that it would drop are named.",
    seconds: 8,
    metrics: [...AV_BENCHMARK, ...KERNELS],
    clean: cleanSampleName,
    strict: false,
  },
  {
    id: "strict",
    about: "As av-benchmark, but what it drops without a word is an error, and names are taken as they are.",
    seconds: 8,
    metrics: [...AV_BENCHMARK, ...KERNELS],
    strict: true,
  },
  {
    id: "scenes",
    about: "Onsets, loudness and colour against the true sound: needs no downloaded weights.",
    seconds: undefined,
    metrics: [
      "onset-precision-50ms",
      "onset-recall-50ms",
      "onset-f1-50ms",
      "onset-f1-100ms",
      "envelope-lag",
      "envelope-correlation",
      "spectral-distance",
    ],
    strict: false,
  },
];

/**
 * The preset of an id.
 *
 * @throws FoleyError `invalid-argument` for an unknown one; the message lists all.
 */
export const evaluationPreset = (id: string): EvaluationPreset => byId("preset", evaluationPresets, id);
