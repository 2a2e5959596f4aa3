/** The files that each kind of model is made of, in every layout in which it is released and read. */

/** What a model is used as. */
export type ModelKind = "audio-backbone" | "text-encoder" | "video-encoder" | "bridge";

/** One way to lay a model out. */
interface Layout {
  /** Files that must be there, weights first. */
  readonly needs: readonly string[];
  /** Files that are used where they are there. */
  readonly takes?: readonly string[];
}

/** The files of a model that count. */
export interface ModelFiles {
  /** What to have, in the order to fetch it: what makes the set whole comes last. */
  readonly files: readonly string[];
  /** Those of them that are not there. */
  readonly missing: readonly string[];
}

/**
 * Chooses from a listing what a model of a kind needs: the first layout that is there whole, so never the same weights twice.
 *
 * @param kind - what the model is used as
 * @param there - paths inside the repository or folder, with `/`
 * @returns where no layout is whole, the one that lacks least
 */
export function modelFiles(kind: ModelKind, there: readonly string[]): ModelFiles {
  const fits = layoutsOf(kind, there).map(({ needs, takes = [] }) => ({
    files: [...takes.filter((file) => there.includes(file)), ...needs],
    missing: needs.filter((file) => !there.includes(file)),
  }));
  return fits.reduce((best, fit) => (fit.missing.length < best.missing.length ? fit : best));
}

function layoutsOf(kind: ModelKind, there: readonly string[]): readonly Layout[] {
  switch (kind) {
    case "audio-backbone":
      return [
        { needs: ["model.safetensors", "model_config.json"] },
        { needs: ["model.ckpt", "model_config.json"] },
        { needs: diffusers },
      ];
    case "text-encoder":
      return weightsOf("model", there).map((weights) => ({ needs: [...weights, "config.json", "tokenizer.json"] }));
    case "video-encoder":
      return weightsOf("model", there).map((weights) => ({
        needs: [...weights, "config.json"],
        takes: ["video_preprocessor_config.json"],
      }));
    case "bridge": {
      const only = there.filter((file) => /^[^/]+\.safetensors$/.test(file));
      return [{ needs: ["bridge.safetensors"] }, ...(only.length === 1 ? [{ needs: only }] : [])];
    }
  }
}

/** Stable Audio Open as diffusers lays it out, its text encoder included. */
const diffusers = [
  ...["transformer", "vae", "projection_model"].flatMap((part) => [
    `${part}/diffusion_pytorch_model.safetensors`,
    `${part}/config.json`,
  ]),
  "text_encoder/model.safetensors",
  "text_encoder/config.json",
  "tokenizer/tokenizer.json",
  "tokenizer/tokenizer_config.json",
];

/** `NAME.safetensors`, or its index with all of the parts `NAME-00001-of-00003.safetensors`. */
function weightsOf(name: string, there: readonly string[]): readonly (readonly string[])[] {
  const index = `${name}.safetensors.index.json`;
  const part = there.map((file) => /^(.+)-(\d{5})-of-(\d{5})\.safetensors$/.exec(file)).find((match) => match?.[1] === name);
  if (!part || !there.includes(index)) return [[`${name}.safetensors`]];
  const count = part[3] as string;
  // The number comes out of a listing; no release has as many parts.
  const length = Math.min(Number(count), 1000);
  const parts = Array.from({ length }, (_, i) => `${name}-${String(i + 1).padStart(5, "0")}-of-${count}.safetensors`);
  return [[`${name}.safetensors`], [...parts, index]];
}
