/** What a bridge file must say about itself. */
import { type AudioBackbone, assertHas, FoleyError, type VideoEncoder } from "@foley-control/core";

/** Configuration of a bridge; stored in the metadata of its file. */
export interface BridgeConfig {
  /** Version of this configuration. */
  readonly version: 1;
  /** The backbone it was trained for. */
  readonly backbone: string;
  /** The video encoder whose tokens it reads. */
  readonly encoder: string;
  /** Blocks of the backbone, so sublayers of the bridge. */
  readonly blocks: number;
  /** Width of the backbone's residual stream. */
  readonly width: number;
  /** Width of one head of the backbone's self-attention. */
  readonly headWidth: number;
  /** Width of a video token. */
  readonly tokenWidth: number;
  /** Time steps of video tokens per second. */
  readonly tokenRate: number;
  /** Tokens per time step: 1 for `frame` pooling, 64 for `grid8`, 256 for `grid16`. */
  readonly tokensPerStep: number;
  /** Hidden width of the adapter. */
  readonly adapterHidden: number;
  /** `"seconds"`: both modalities by time; `"index"`: each counts its own tokens, as in the paper. */
  readonly positions: "seconds" | "index";
  /** Whether every block has its own adapter. */
  readonly adapter: "per-block" | "shared";
}

/** What a bridge must know of an encoder: its name, and how its tokens lie in time. */
export type TokenMaker = Pick<VideoEncoder, "id" | "tokenWidth" | "tokenRate" | "tokensPerStep"> &
  Partial<Pick<VideoEncoder, "window" | "step">>;

/**
 * The configuration that joins an encoder to a backbone, with the defaults of the design.
 *
 * @throws FoleyError `unsupported` for a backbone without sites and for an encoder whose windows overlap.
 */
export function bridgeConfig(
  backbone: Pick<AudioBackbone, "id" | "denoiser">,
  encoder: TokenMaker,
  options: {
    readonly positions?: BridgeConfig["positions"];
    readonly adapter?: BridgeConfig["adapter"];
    readonly adapterHidden?: number;
  } = {},
): BridgeConfig {
  assertHas("backbone", backbone, "denoiser", "an audio backbone", "Pass the backbone first, then the video encoder.");
  assertHas("encoder", encoder, "tokenWidth", "a video encoder", "Pass the backbone first, then the video encoder.");
  const site = backbone.denoiser.sites(1)[0];
  if (!site) {
    throw new FoleyError("unsupported", `The backbone "${backbone.id}" has no sites: there is no place for a bridge in it.`, {
      hint: "Use it without encoder and bridge; what it sees itself it reads through streams of its own.",
    });
  }
  if (encoder.step !== undefined && encoder.step !== encoder.window) {
    throw new FoleyError(
      "unsupported",
      `The windows of "${encoder.id}" overlap; a bridge reads tokens that follow each other in time.`,
    );
  }
  return {
    version: 1,
    backbone: backbone.id,
    encoder: encoder.id,
    blocks: backbone.denoiser.blocks,
    width: site.width,
    headWidth: site.headWidth,
    tokenWidth: encoder.tokenWidth,
    tokenRate: encoder.tokenRate,
    tokensPerStep: encoder.tokensPerStep ?? 1,
    adapterHidden: options.adapterHidden ?? 2 * encoder.tokenWidth,
    positions: options.positions ?? "seconds",
    adapter: options.adapter ?? "per-block",
  };
}
