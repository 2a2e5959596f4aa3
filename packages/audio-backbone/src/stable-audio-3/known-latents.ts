/** What the network of Stable Audio 3 is told of latents that are known (stable-audio-3 `model.py` `generate`): which, and what they are. */
import { FoleyError, type KnownPart, type PlainTensor } from "@foley-control/core";

/** A mask as the first channel, 1 where a latent is known, and the known latents behind it: [1, 1 + channels, frames]. */
export function toldLatents({ latents, known }: KnownPart): PlainTensor<"float32"> {
  const [, channels, frames] = latents.shape as readonly [number, number, number];
  if (known.length !== frames)
    throw new FoleyError("shape-mismatch", `${frames} latents were given, and of ${known.length} whether they are known.`);
  const data = new Float32Array((channels + 1) * frames);
  for (let frame = 0; frame < frames; frame++) {
    if (known[frame] !== 1) continue;
    data[frame] = 1;
    for (let channel = 0; channel < channels; channel++)
      data[(channel + 1) * frames + frame] = latents.data[channel * frames + frame] as number;
  }
  return { dtype: "float32", shape: [1, channels + 1, frames], data };
}
