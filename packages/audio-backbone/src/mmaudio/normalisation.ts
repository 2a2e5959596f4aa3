/** Latents are sampled with mean 0 and deviation 1 in every channel; the network's file says what they were. Over [batch, latentChannels, latents]. */
import type { GraphValue } from "@foley-control/core";
import { ops, parameter } from "@foley-control/graph";

const statistics = (latents: GraphValue): readonly [mean: GraphValue, std: GraphValue] => {
  const channels = latents.shape[1] as number;
  const column = (name: string) => ops.reshape(parameter(name, [1, 1, channels]), [1, channels, 1]);
  return [column("latent_mean"), column("latent_std")];
};

/** As the autoencoder has them. */
export function unnormalised(latents: GraphValue): GraphValue {
  const [mean, std] = statistics(latents);
  return ops.add(ops.multiply(latents, std), mean);
}

/** As the flow network has them. */
export function normalised(latents: GraphValue): GraphValue {
  const [mean, std] = statistics(latents);
  return ops.divide(ops.subtract(latents, mean), std);
}
