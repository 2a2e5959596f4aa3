/**
 * Latents that are known before sampling, whatever the solver: where they are, the network is taken to have said them. Its start noise then
 * leads each of them straight to what it is to be, and all others are denoised beside them. So a long sound is continued window by window.
 */
import { FoleyError } from "@foley-control/core";
import { emptyLike, type LatentArray } from "./latents.js";
import { alphaSigma, type Velocity } from "./objective.js";

/** What is held. */
export interface HoldOptions<T extends LatentArray> {
  /** Latents [channels, frames]; those of frames that are not held are not read. */
  readonly known: T;
  /** One number per frame: how much of the known latent there is in what the network is taken to have said, 0 to 1. */
  readonly held: ArrayLike<number>;
  /** What the network predicts. */
  readonly prediction: "v" | "flow";
}

/**
 * A network that says, of what is held, exactly that.
 *
 * @throws FoleyError `shape-mismatch` when the frames do not divide the latents.
 */
export function hold<T extends LatentArray>(
  velocity: Velocity<T>,
  { known, held, prediction }: HoldOptions<T>,
): (x: T, time: number) => Promise<T> {
  const frames = held.length;
  if (frames === 0 || known.length % frames !== 0) {
    throw new FoleyError("shape-mismatch", `${known.length} latents were given, and whether ${frames} frames are held.`, {
      hint: "Give one number per latent frame.",
    });
  }
  return async (x, time) => {
    const said = await velocity(x, time);
    // x₀ = α·x − σ·v, or x − t·flow: solved for what the network would have to say.
    const { alpha, sigma } = prediction === "v" ? alphaSigma(time) : { alpha: 1, sigma: time };
    if (sigma === 0) return said;
    const out = emptyLike(said);
    for (let i = 0; i < out.length; i++) {
      const share = held[i % frames] as number;
      const asked = share === 0 ? 0 : (alpha * (x[i] as number) - (known[i] as number)) / sigma;
      out[i] = (1 - share) * (said[i] as number) + share * asked;
    }
    return out;
  };
}
