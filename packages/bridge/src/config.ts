/** What a bridge file must say about itself. */
import { type AudioBackbone, assertHas, FoleyError, type VideoEncoder } from "@foley-control/core";

/** Where the tokens of an encoder lie in time. */
export interface TokenTimes {
  /** Time steps of video tokens per second. */
  readonly tokenRate: number;
  /** Tokens per time step: 1 for `frame` pooling, 64 for `grid8`, 256 for `grid16`. */
  readonly tokensPerStep: number;
  /** Where windows share time, so that times of tokens go back from one window to the next: steps of a window, and seconds between two. */
  readonly windows?: { readonly steps: number; readonly seconds: number } | undefined;
}

/** One of several encoders whose tokens a bridge reads. */
export interface TokenSource extends TokenTimes {
  /** Its id. */
  readonly encoder: string;
  /** Width of one of its tokens. */
  readonly tokenWidth: number;
}

/** Configuration of a bridge; stored in the metadata of its file. */
export interface BridgeConfig extends TokenSource {
  /** Version of this configuration. */
  readonly version: 1;
  /** The backbone it was trained for. */
  readonly backbone: string;
  /** The video encoder whose tokens it reads, or the first of several. */
  readonly encoder: string;
  /** Further encoders, whose tokens stand beside those of the first, each with layers of its own. */
  readonly beside?: readonly TokenSource[] | undefined;
  /** Blocks of the backbone, so sublayers of the bridge. */
  readonly blocks: number;
  /** Width of the backbone's residual stream. */
  readonly width: number;
  /** Width of one head of the backbone's self-attention. */
  readonly headWidth: number;
  /** Hidden width of the adapter. */
  readonly adapterHidden: number;
  /** `"seconds"`: both modalities by time; `"index"`: each counts its own tokens, as in the paper. */
  readonly positions: "seconds" | "index";
  /** Whether every block has its own adapter. */
  readonly adapter: "per-block" | "shared";
}

/** What a bridge must know of an encoder: its name, and how its tokens lie in time. */
export type TokenMaker = Pick<VideoEncoder, "id" | "tokenWidth" | "tokenRate" | "tokensPerStep"> &
  (Partial<Pick<VideoEncoder, "window" | "step" | "frameRate">> | Pick<TokenTimes, "windows">);

/** What a bridge writes down of an encoder. */
export function tokenSource(encoder: TokenMaker): TokenSource {
  const windows = windowsOf(encoder);
  return {
    encoder: encoder.id,
    tokenWidth: encoder.tokenWidth,
    tokenRate: encoder.tokenRate,
    tokensPerStep: encoder.tokensPerStep ?? 1,
    ...(windows && { windows }),
  };
}

/** How windows follow one another, where an encoder says so and they share time. */
export function windowsOf(encoder: TokenMaker): TokenTimes["windows"] {
  if ("windows" in encoder && encoder.windows !== undefined) return encoder.windows;
  const { window, step, frameRate } = encoder as Partial<Pick<VideoEncoder, "window" | "step" | "frameRate">>;
  if (window === undefined || step === undefined || frameRate === undefined || step === window) return undefined;
  // Whole by what an encoder is; a quotient of rates need not be.
  return { steps: Math.round((window * encoder.tokenRate) / frameRate), seconds: step / frameRate };
}

/** All encoders of a bridge, in the order in which it reads them. */
export const tokenSources = ({ beside = [], ...first }: BridgeConfig): readonly TokenSource[] => [first, ...beside];

/** The time of a token in seconds from the start of the clip. */
export function tokenSeconds(token: number, { tokenRate, tokensPerStep, windows }: TokenTimes): number {
  const step = Math.floor(token / tokensPerStep);
  const window = windows ? Math.floor(step / windows.steps) : 0;
  return window * (windows?.seconds ?? 0) + (step - window * (windows?.steps ?? 0) + 0.5) / tokenRate;
}

/** One encoder, or several, as a list that has a first. What is no list stands for one, and is checked as such. */
export const listed = <Each extends object>(encoders: Each | readonly [Each, ...Each[]]): readonly [Each, ...Each[]] =>
  Array.isArray(encoders) ? (encoders as unknown as readonly [Each, ...Each[]]) : [encoders as Each];

/**
 * The configuration that joins an encoder, or several, to a backbone, with the defaults of the design.
 *
 * @param encoders - one, or several whose tokens stand beside each other
 * @throws FoleyError `unsupported` for a backbone without sites.
 */
export function bridgeConfig(
  backbone: Pick<AudioBackbone, "id" | "denoiser">,
  encoders: TokenMaker | readonly [TokenMaker, ...TokenMaker[]],
  options: {
    readonly positions?: BridgeConfig["positions"];
    readonly adapter?: BridgeConfig["adapter"];
    readonly adapterHidden?: number;
  } = {},
): BridgeConfig {
  const [encoder, ...beside] = listed(encoders);
  assertHas("backbone", backbone, "denoiser", "an audio backbone", "Pass the backbone first, then the video encoder.");
  assertHas("encoder", encoder, "tokenWidth", "a video encoder", "Pass the backbone first, then the video encoder.");
  const site = backbone.denoiser.sites(1)[0];
  if (!site) {
    throw new FoleyError("unsupported", `The backbone "${backbone.id}" has no sites: there is no place for a bridge in it.`, {
      hint: "Use it without encoder and bridge; what it sees itself it reads through streams of its own.",
    });
  }
  return {
    version: 1,
    backbone: backbone.id,
    ...tokenSource(encoder),
    ...(beside.length > 0 && { beside: beside.map(tokenSource) }),
    blocks: backbone.denoiser.blocks,
    width: site.width,
    headWidth: site.headWidth,
    adapterHidden: options.adapterHidden ?? 2 * encoder.tokenWidth,
    positions: options.positions ?? "seconds",
    adapter: options.adapter ?? "per-block",
  };
}
