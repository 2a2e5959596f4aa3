/** Whether a lasting sound swells and fades as what is seen does. */
import { CONTINUOUS_CLASSES, renderAudio } from "@foley-control/scenes";
import { crossCorrelationLag, envelope } from "@foley-control/signal";
import type { HeardTrial } from "./hearing.js";
import { CONTOUR_SECONDS } from "./observation.js";
import type { Condition } from "./trials.js";

/** Windows that a contour is averaged over before it is compared, 50 ms each. */
const SMOOTHING = 3;

/** Mean correlations of loudness over the clips of a class. */
export interface FollowingRow {
  readonly of: string;
  readonly clips: number;
  /** With the sound of the scene itself. */
  readonly rendered: number;
  /** Share of clips in which that is at least 0.6. */
  readonly above: number;
  /** With the rate, speed or revolutions that the scene was made from. */
  readonly truth: number;
  /** With the sound of another scene of the class: what chance gives. */
  readonly otherScene: number;
  /** Without video, with the sound of the scene itself. */
  readonly noVideo: number;
  /** The scene's sound through the codec: the most that can be reached. */
  readonly codec: number;
}

/** One row per lasting class, then one over all of them. */
export function followingRows(all: readonly HeardTrial[]): FollowingRow[] {
  const lasting = all.filter(({ trial }) => trial.part === "continuous");
  const rows = CONTINUOUS_CLASSES.map((name) =>
    followingRow(
      name,
      lasting.filter(({ trial }) => trial.scene.class === name),
    ),
  );
  return [...rows, followingRow("all", lasting, lasting)].filter(({ clips }) => clips > 0);
}

function followingRow(of: string, heard: readonly HeardTrial[], others = heard): FollowingRow {
  const inCondition = (condition: Condition) => heard.filter(({ trial }) => trial.condition === condition);
  const own = inCondition("video");
  const withRendered = (set: readonly HeardTrial[]) =>
    set.map(({ heard: { contour }, trial }) => contourCorrelation(contour, renderedContour(trial)));
  const rendered = withRendered(own);
  const shifted = others.filter(({ trial }) => trial.condition === "video");
  return {
    of,
    clips: own.length,
    rendered: mean(rendered),
    above: mean(rendered.map((value) => (value >= 0.6 ? 1 : 0))),
    truth: mean(
      own.flatMap(({ heard: { contour }, trial }) =>
        trial.scene.envelope
          ? [contourCorrelation(contour, perWindow(trial.scene.envelope.values, trial.scene.envelope.rate * CONTOUR_SECONDS))]
          : [],
      ),
    ),
    otherScene: mean(
      own.flatMap(({ heard: { contour }, trial }) => {
        const same = shifted.filter((other) => other.trial.scene.class === trial.scene.class);
        const next = same[(same.findIndex((other) => other.trial === trial) + 1) % same.length];
        return next && next.trial !== trial ? [contourCorrelation(contour, renderedContour(next.trial))] : [];
      }),
    ),
    noVideo: mean(withRendered(inCondition("no video"))),
    codec: mean(withRendered(inCondition("rendered"))),
  };
}

const contours = new Map<number, readonly number[]>();

/** Loudness of the scene's own sound. */
function renderedContour({ scene, classes }: HeardTrial["trial"]): readonly number[] {
  let contour = contours.get(scene.seed);
  if (!contour) {
    const { audio, sampleRate } = renderAudio(scene.seed, { classes });
    contour = [...envelope(audio, sampleRate, CONTOUR_SECONDS, { windowSeconds: CONTOUR_SECONDS })];
    contours.set(scene.seed, contour);
  }
  return contour;
}

/**
 * Pearson's correlation of two contours after a moving average over three windows; 0 when one of them does not move.
 *
 * @param a - RMS per window.
 * @param b - The same of another sound; the longer one is cut.
 */
export function contourCorrelation(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  return crossCorrelationLag(smooth(a.slice(0, length)), smooth(b.slice(0, length)), 0).atZero;
}

function smooth(values: readonly number[]): number[] {
  return values.map((_, i) => mean(values.slice(Math.max(0, i - (SMOOTHING >> 1)), i + (SMOOTHING >> 1) + 1)));
}

/** Means of consecutive stretches of `each` values. */
export function perWindow(values: ArrayLike<number>, each: number): number[] {
  const size = Math.round(each);
  return Array.from({ length: Math.floor(values.length / size) }, (_, i) =>
    mean(Array.from({ length: size }, (_value, k) => values[i * size + k] as number)),
  );
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
