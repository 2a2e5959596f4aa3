/** A denoiser of one's own as a file. */
import type { Release } from "@foley-control/weights";

/** Whether a path is that of a denoiser alone, which takes text encoder, conditioning and codec from another backbone. */
export const isOnnxDenoiser = (path: string): boolean => /\.onnx$/i.test(path);

/** `NAME.onnx`, with `NAME.json` beside it. */
export const ONNX_DENOISER_RELEASE: Release = {
  looks: "your denoiser.onnx, with denoiser.json beside it",
  recognises: ({ file = "" }) => isOnnxDenoiser(file),
  layouts: () => [],
  published: [],
};
