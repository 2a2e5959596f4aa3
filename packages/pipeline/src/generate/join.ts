/**
 * The sound of windows that overlap, joined. Both have made the stretch where they meet, of the same latents: a codec that only looks around
 * gives the same samples twice, and one that finds phases gives the same sound in another phase. The joint is where it is quietest.
 */

/** Length of the passage from one to the other, seconds: where two phases are mixed tones change colour, and the longer the more one hears it. */
const FADE_SECONDS = 0.01;
/** Step at which the quietest place is looked for, seconds. */
const STEP_SECONDS = 0.005;

/** Two sounds made one. */
export interface JoinedSound {
  readonly channels: readonly Float32Array[];
  /** Middle of the passage, samples from the beginning. */
  readonly at: number;
}

/**
 * Goes over from `before` to `after`, which last equally long and are of the same moment; the result begins like the one and ends like the
 * other. Where the two are the same, so is the result.
 */
export function joined(before: readonly Float32Array[], after: readonly Float32Array[], sampleRate: number): JoinedSound {
  const length = before[0]?.length ?? 0;
  const fade = Math.min(length, Math.max(2, Math.round(FADE_SECONDS * sampleRate)));
  const from = quietest([...before, ...after], length, fade, Math.max(1, Math.round(STEP_SECONDS * sampleRate)));
  const channels = before.map((early, channel) => {
    const late = after[channel] as Float32Array;
    const out = Float32Array.from(late);
    out.set(early.subarray(0, from));
    const [a, b] = [early.subarray(from, from + fade), late.subarray(from, from + fade)];
    const likeness = correlation(a, b);
    for (let i = 0; i < fade; i++) {
      const t = (i + 0.5) / fade;
      // Loudness stays, whether the two are the same (1) or have nothing to do with each other (0).
      const gain = 1 / Math.sqrt((1 - t) ** 2 + t ** 2 + 2 * t * (1 - t) * likeness);
      out[from + i] = gain * ((1 - t) * (a[i] as number) + t * (b[i] as number));
    }
    return out;
  });
  return { channels, at: from + fade / 2 };
}

/** Where a stretch of `span` samples has the least energy in all channels; the ends of the whole are left alone where there is room. */
function quietest(channels: readonly Float32Array[], length: number, span: number, step: number): number {
  const margin = Math.floor((length - span) / 4);
  let [best, least] = [margin, Number.POSITIVE_INFINITY];
  for (let from = margin; from <= length - span - margin; from += step) {
    let energy = 0;
    for (const channel of channels) for (let i = from; i < from + span; i++) energy += (channel[i] as number) ** 2;
    if (energy < least) [best, least] = [from, energy];
  }
  return best;
}

/** Between 0 and 1: what is against each other is taken to have nothing to do with each other. */
function correlation(a: Float32Array, b: Float32Array): number {
  let [both, one, other] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] as number) * (b[i] as number);
    one += (a[i] as number) ** 2;
    other += (b[i] as number) ** 2;
  }
  return one === 0 || other === 0 ? 0 : Math.min(1, Math.max(0, both / Math.sqrt(one * other)));
}
