/** Learning-rate schedules: pure functions of the step. */

/**
 * Linear warm-up, then cosine to a fraction of the peak; at every step of `restarts` the whole begins anew, so that a finished
 * run can be made longer and still equals one that was planned so from its start (warm restarts, Loshchilov & Hutter 2017).
 */
export function cosineWithWarmUp(
  step: number,
  options: {
    readonly peak: number;
    readonly steps: number;
    readonly warmUp: number;
    readonly floor?: number;
    readonly restarts?: readonly number[];
  },
): number {
  const floor = options.floor ?? 0.05;
  const bounds = [0, ...(options.restarts ?? []), options.steps];
  const cycle = Math.max(
    0,
    bounds.findLastIndex((bound) => bound <= step && bound < options.steps),
  );
  const start = bounds[cycle] as number;
  const within = step - start;
  if (within < options.warmUp) return (options.peak * (within + 1)) / options.warmUp;
  const length = (bounds[cycle + 1] as number) - start;
  const progress = Math.min(1, (within - options.warmUp) / Math.max(1, length - options.warmUp));
  return options.peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}

/** stable-audio-tools' InverseLR: rate·(1 − warmUp^(k+1))·(1 + k/inverseGamma)^(−power). */
export function inverseWithWarmUp(
  step: number,
  options: { readonly peak: number; readonly inverseGamma?: number; readonly power?: number; readonly warmUp?: number },
): number {
  const { peak, inverseGamma = 1e6, power = 0.5, warmUp = 0.99 } = options;
  return peak * (1 - warmUp ** (step + 1)) * (1 + step / inverseGamma) ** -power;
}

/**
 * ema-pytorch's decay of the moving average at a step: 1 − (1 + k)^(−power), at most `beta`; the first two steps copy the weights.
 *
 * @param step - from 0; k = step − 1
 */
export function averageDecayAt(step: number, options: { readonly beta?: number; readonly power?: number } = {}): number {
  const { beta = 0.9999, power = 0.75 } = options;
  return step <= 1 ? 0 : Math.min(beta, 1 - step ** -power);
}
