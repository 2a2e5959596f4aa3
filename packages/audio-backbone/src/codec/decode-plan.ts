/**
 * Long latents decoded piece by piece. A convolutional decoder needs only some latents around those that it turns into sound
 * (`AudioCodec.decodeContext`), so that pieces of one length, overlapping, give the whole, in memory that does not grow with the clip and
 * with one graph for all of them.
 */
import { type AudioCodec, FoleyError, type Graph, type PlainTensor } from "@foley-control/core";

/** One run of the decoder, counted in latents. */
export interface DecodePiece {
  /** First latent that is given to the decoder. */
  readonly from: number;
  /** The one behind the last. */
  readonly to: number;
  /** First latent whose sound is kept; what the decoder makes of those before it is thrown away. */
  readonly keepFrom: number;
  /** The one behind the last whose sound is kept. */
  readonly keepTo: number;
}

/**
 * The pieces that make up `frames` latents, in order. All are of one length; the last ends with the clip and keeps what is still missing.
 * A clip that fits, and a codec that names no limit, is one piece.
 *
 * @throws FoleyError `invalid-argument` for a chunk that has nothing between its contexts.
 */
export function planDecode(
  codec: Pick<AudioCodec, "decodeContext" | "decodeChunk" | "decodeAlign">,
  frames: number,
): readonly DecodePiece[] {
  const { decodeContext: context, decodeChunk: most, decodeAlign: align = 1 } = codec;
  if (context === undefined || most === undefined || frames <= most)
    return [{ from: 0, to: frames, keepFrom: 0, keepTo: frames }];
  // So that the last piece, which ends with the clip, begins where it may.
  const chunk = most - ((((most - frames) % align) + align) % align);
  if (chunk < 2 * context + align) {
    const what = `A chunk of ${chunk} latents has nothing between its contexts of ${context} latents on both sides.`;
    throw new FoleyError("invalid-argument", what, { hint: `Decode at least ${2 * context + 2 * align - 1} latents at once.` });
  }
  const pieces: DecodePiece[] = [];
  for (let keepFrom = 0; keepFrom < frames; ) {
    const from = Math.min(align * Math.floor(Math.max(0, keepFrom - context) / align), frames - chunk);
    const to = from + chunk;
    const keepTo = to === frames ? frames : to - context;
    pieces.push({ from, to, keepFrom, keepTo });
    keepFrom = keepTo;
  }
  return pieces;
}

/** The columns from..to of [..., columns]. */
function columns({ data, shape }: PlainTensor<"float32">, from: number, to: number): PlainTensor<"float32"> {
  const [before, width] = [shape[shape.length - 1] as number, to - from];
  const rows = data.length / before;
  const kept = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) kept.set(data.subarray(row * before + from, row * before + to), row * width);
  return { dtype: "float32", shape: [...shape.slice(0, -1), width], data: kept };
}

/**
 * The latents of a sampling that sound in a clip of `heard` latents: its own, and those behind it that the decoder needs for them. What was
 * sampled behind the end and is cut off is not decoded.
 */
export function soundingLatents(
  { decodeContext, decodeStages }: Pick<AudioCodec, "decodeContext" | "decodeStages">,
  frames: number,
  heard: number,
): number {
  // A decoder whose first stage sees the whole hears all of it.
  if (decodeContext === undefined || decodeStages !== undefined) return frames;
  return Math.min(frames, heard + decodeContext);
}

/** The first latents of so many. */
export const firstLatents = (latents: PlainTensor<"float32">, count: number): PlainTensor<"float32"> =>
  count === latents.shape[latents.shape.length - 1] ? latents : columns(latents, 0, count);

/** The graphs that decode a clip of so many latents. */
export interface Decoder {
  /** Runs once, in front of all pieces, over the whole clip; `undefined` when there is no such part. */
  readonly whole: Graph | undefined;
  /** Runs for every piece. */
  readonly piece: Graph;
  /** Name of the input of `piece`; what comes out of `whole` is called so too. */
  readonly input: "latents" | "features";
}

/** Which graphs to run: a clip that fits is decoded by one, whatever halves the decoder has. */
export function decoderOf(
  codec: Pick<AudioCodec, "decodeContext" | "decodeChunk" | "decodeGraph" | "decodeStages">,
  frames: number,
): Decoder {
  const pieces = planDecode(codec, frames);
  const length = pieces[0]?.to ?? frames;
  const { decodeStages: stages } = codec;
  if (stages === undefined || pieces.length === 1)
    return { whole: undefined, piece: codec.decodeGraph({ frames: length }), input: "latents" };
  return { whole: stages.whole({ frames }), piece: stages.piece({ frames: length }), input: "features" };
}

/**
 * Decodes the pieces of {@link planDecode} one after the other and joins their sound.
 *
 * @param latents - [batch, latentChannels, frames]; for a decoder in two stages what the first one gave.
 * @param decode - Runs the decoder on a piece; the pieces of one clip are all of one length.
 * @returns [batch, channels, frames·hop].
 * @example
 * ```ts
 * const { whole, piece: graph, input } = decoderOf(codec, frames);
 * const seen = whole ? (await (await runtime.load(whole, codec.weights)).run({ latents })).features : latents;
 * const decoder = await runtime.load(graph, codec.weights);
 * const audio = await decodeInPieces(codec, seen, async (piece) => (await decoder.run({ [input]: piece })).audio);
 * ```
 */
export async function decodeInPieces(
  codec: Pick<AudioCodec, "decodeContext" | "decodeChunk" | "decodeAlign" | "hop">,
  latents: PlainTensor<"float32">,
  decode: (piece: PlainTensor<"float32">, index: number, count: number) => Promise<PlainTensor<"float32">>,
): Promise<PlainTensor<"float32">> {
  const frames = latents.shape[latents.shape.length - 1] as number;
  const pieces = planDecode(codec, frames);
  if (pieces.length === 1) return decode(latents, 0, 1);
  const { hop } = codec;
  const length = frames * hop;
  let joined: Float32Array | undefined;
  let leading: readonly number[] = [];
  for (const [index, { from, to, keepFrom, keepTo }] of pieces.entries()) {
    const { data, shape } = await decode(columns(latents, from, to), index, pieces.length);
    const given = (to - from) * hop;
    if (shape[shape.length - 1] !== given) {
      const what = `${to - from} latents were decoded to [${shape.join(", ")}], not to ${given} samples.`;
      throw new FoleyError("shape-mismatch", what, { hint: "Load the codec's decodeGraph for the length of the pieces." });
    }
    const rows = data.length / given;
    leading = shape.slice(0, -1);
    joined ??= new Float32Array(rows * length);
    for (let row = 0; row < rows; row++) {
      const start = row * given - from * hop;
      joined.set(data.subarray(start + keepFrom * hop, start + keepTo * hop), row * length + keepFrom * hop);
    }
  }
  return { dtype: "float32", shape: [...leading, length], data: joined ?? new Float32Array(0) };
}
