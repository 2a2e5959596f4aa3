/** TangoFlux as it is released; names and licences are those of its repository. */
import type { Release } from "@foley-control/weights";

/** Its files. */
export const TANGOFLUX_FILES = { config: "config.json", network: "tangoflux.safetensors", codec: "vae.safetensors" } as const;

/** A folder of the hub. For research alone, so that nothing takes it by default. */
export const TANGOFLUX_RELEASE: Release = {
  looks: "the folder of a TangoFlux, with config.json, tangoflux.safetensors and vae.safetensors",
  recognises: async ({ files, json }) => {
    if (!files.includes(TANGOFLUX_FILES.config)) return false;
    const said = (await json(TANGOFLUX_FILES.config)) as Readonly<Record<string, unknown>> | null;
    return said?.["num_single_layers"] !== undefined && said["audio_seq_len"] !== undefined;
  },
  layouts: () => [{ needs: [TANGOFLUX_FILES.network, TANGOFLUX_FILES.codec, TANGOFLUX_FILES.config] }],
  needs: (there) => (there.includes(TANGOFLUX_FILES.network) ? ["google/flan-t5-large"] : []),
  published: [
    {
      id: "declare-lab/TangoFlux",
      title: "TangoFlux",
      parts: {
        "transformer.transformer_blocks.": "double blocks",
        "transformer.single_transformer_blocks.": "single blocks",
        "text_encoder.": "FLAN-T5, encoder",
        "duration_emebdder.": "duration",
      },
      licence: "for research alone, not for commercial use (Stability AI Community License; WavCaps: academic use)",
      gated: false,
      page: "https://huggingface.co/declare-lab/TangoFlux",
    },
  ],
};
