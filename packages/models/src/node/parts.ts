/** The networks that a person names, each by a path, a word or an id: obtained and opened. */
import { isOnnxDenoiser } from "@foley-control/audio-backbone";
import { type BridgeConfig, tokenSources } from "@foley-control/bridge";
import { type AudioBackbone, type Bridge, FoleyError, type VideoEncoder } from "@foley-control/core";
import { POOLING_SIDES, type Pooling } from "@foley-control/video-encoder";
import { releasesOf } from "../registry.js";
import { obtainModel } from "./obtain.js";
import { openBackbone, openBridge, openVideoEncoder } from "./open.js";
import type { ModelOptions } from "./options.js";

/** What a person names; every name is a path, a name on the list, or an id of the hub. */
export interface PartNames {
  /** A text-to-audio model. */
  readonly backbone?: string | undefined;
  /** Its text encoder. Default: looked for in and beside its folder; of the hub, what it needs. */
  readonly textEncoder?: string | undefined;
  /** Whether MMAudio is shown CLIP's pictures. Default true. */
  readonly clip?: boolean | undefined;
  /** Values at which the bridge goes into a denoiser of one's own, in place of those of its description. */
  readonly sites?: readonly string[] | undefined;
  /** A video encoder, or several in the order in which the bridge reads them. */
  readonly encoder?: string | readonly string[] | undefined;
  /** How tokens of each are pooled, in the same order. Default: as the bridge was trained, else each encoder's own way. */
  readonly pooling?: Pooling | readonly (Pooling | undefined)[] | undefined;
  /** The bridge between backbone and encoders. */
  readonly bridge?: string | undefined;
}

/** Options of what opens named parts. */
export interface PartOptions extends ModelOptions {
  /** Makes the parts that stand in for what is not named, such as those of a small model. */
  readonly base?: (() => Promise<{ readonly backbone: AudioBackbone; readonly encoder: VideoEncoder }>) | undefined;
}

/** Opened parts, as a pipeline takes them. */
export interface OpenedParts {
  /** The text-to-audio model. */
  readonly backbone: AudioBackbone;
  /** The video encoder, or the first of several; only with a bridge. */
  readonly encoder: VideoEncoder | undefined;
  /** The others of several, in their order. */
  readonly beside: readonly VideoEncoder[];
  /** The bridge. */
  readonly bridge: Bridge | undefined;
}

/**
 * Opens the parts that are named, fetching what is not here. Without a bridge the prompt alone decides.
 *
 * @throws FoleyError `invalid-argument` for names that make no sense together; otherwise as `obtainModel` and the openers
 * @example
 * ```ts
 * const parts = await openParts({ backbone: "stabilityai/stable-audio-open-1.0" }, { onNotice: console.error, onProgress: console.log });
 * ```
 */
export async function openParts(names: PartNames, options: PartOptions = {}): Promise<OpenedParts> {
  if (listOf(names.encoder).length > 0 && names.bridge === undefined) {
    if (names.backbone === undefined) throw withoutBackbone("encoder");
    throw new FoleyError(
      "invalid-argument",
      "options.encoder was given alone. Give options.encoder and options.bridge, or neither: then the prompt alone decides.",
    );
  }
  if (names.textEncoder !== undefined && names.backbone === undefined) throw withoutBackbone("textEncoder");
  // Small ones first: whatever is wrong with them is found before gigabytes are fetched.
  const bridge =
    names.bridge === undefined ? undefined : await openBridge((await obtainModel(names.bridge, "bridge", options)).path);
  const [encoder, ...beside] = bridge ? await openNamedVideoEncoders({ ...names, pooling: poolingsOf(bridge) }, options) : [];
  return { backbone: await openNamedBackbone(names, options), encoder, beside, bridge };
}

/** The text-to-audio model that is named; without a name that of `base`. */
export async function openNamedBackbone(names: PartNames, options: PartOptions = {}): Promise<AudioBackbone> {
  const { backbone, textEncoder, sites, clip } = names;
  if (backbone === undefined) {
    if (textEncoder !== undefined) throw withoutBackbone("textEncoder");
    return (await baseOf(options, "backbone")).backbone;
  }
  if (sites !== undefined && !isOnnxDenoiser(backbone))
    throw new FoleyError("invalid-argument", "options.sites was given without a .onnx. The sites of a release are known.");
  const text = textEncoder === undefined ? undefined : (await obtainModel(textEncoder, "text-encoder", options)).path;
  const { path, files, folders } = await obtainModel(backbone, "audio-backbone", options);
  // In the cache nothing lies beside a release, so what it needs is fetched as well.
  const needed = text === undefined && files ? neededBy(files) : undefined;
  const fetched = needed === undefined ? undefined : (await obtainModel(needed, "text-encoder", options)).path;
  return openBackbone(path, {
    textEncoder: text ?? fetched,
    folders,
    sites,
    clip,
    base: async () => (await baseOf(options, "backbone")).backbone,
  });
}

/**
 * The video encoders that are named, in their order; without a name that of `base`.
 *
 * @throws FoleyError `invalid-argument` for more poolings than encoders; otherwise as `obtainModel` and `openVideoEncoder`
 */
export async function openNamedVideoEncoders(
  { encoder, pooling }: PartNames,
  options: PartOptions = {},
): Promise<readonly [VideoEncoder, ...VideoEncoder[]]> {
  const [first, ...others] = listOf(encoder);
  if (first === undefined) return [(await baseOf(options, "encoder")).encoder];
  const poolings = listOf(pooling);
  if (poolings.length > 1 + others.length)
    throw new FoleyError(
      "invalid-argument",
      `options.pooling has ${poolings.length} entries for ${1 + others.length} of options.encoder. Give one for each encoder, in the same order.`,
    );
  const open = async (name: string, place: number): Promise<VideoEncoder> =>
    openVideoEncoder((await obtainModel(name, "video-encoder", options)).path, { pooling: poolings[place] });
  const opened: [VideoEncoder, ...VideoEncoder[]] = [await open(first, 0)];
  // One after the other: each may be a download that tells how far it is.
  for (const [place, name] of others.entries()) opened.push(await open(name, 1 + place));
  return opened;
}

/** How the tokens of each encoder of a bridge were pooled, in its order. */
export const poolingsOf = ({ config }: Bridge): readonly (Pooling | undefined)[] =>
  tokenSources(config as Partial<BridgeConfig> as BridgeConfig).map(({ tokensPerStep }) =>
    (Object.keys(POOLING_SIDES) as Pooling[]).find((name) => POOLING_SIDES[name] ** 2 === tokensPerStep),
  );

/** None, one or several, as a list. */
const listOf = <Each extends string | undefined>(given: Each | readonly Each[] | undefined): readonly Each[] =>
  given === undefined ? [] : typeof given === "string" ? [given] : (given as readonly Each[]);

/** The text encoder that a backbone of these files needs besides them: what the first release says that is there whole. */
const neededBy = (files: readonly string[]): string | undefined =>
  releasesOf("audio-backbone")
    .find(({ layouts }) => layouts(files).some(({ needs }) => needs.every((name) => files.includes(name))))
    ?.needs?.(files)[0];

async function baseOf({ base }: PartOptions, part: "backbone" | "encoder") {
  if (base === undefined)
    throw new FoleyError("invalid-argument", `options.${part} was not given, and there is no model that it could be taken from.`);
  return base();
}

const withoutBackbone = (option: string): FoleyError =>
  new FoleyError("invalid-argument", `options.${option} was given without options.backbone. Name the text-to-audio model too.`);
