/** Learning-rate schedules: pure functions of the step. */

/** Linear warm-up, then cosine to a fraction of the peak (Loshchilov & Hutter 2017). */
export function cosineWithWarmUp(
  step: number,
  options: { readonly peak: number; readonly steps: number; readonly warmUp: number; readonly floor?: number },
): number {
  const floor = options.floor ?? 0.05;
  if (step < options.warmUp) return (options.peak * (step + 1)) / options.warmUp;
  const progress = Math.min(1, (step - options.warmUp) / Math.max(1, options.steps - options.warmUp));
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
