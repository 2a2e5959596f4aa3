/**
 * The matrix of a picture by the code that its stream has (ISO/IEC 23091-2 §8.3), for files whose container says nothing. The muxing library reads the
 * same headers, and knows five of the codes.
 */
import { EncodedPacketSink, type InputVideoTrack } from "mediabunny";
import { viewOf } from "../boxes.js";
import { av1Matrix } from "./av1-sequence.js";
import { avcMatrix } from "./avc-sequence.js";
import { Bits } from "./bits.js";
import { hevcMatrix } from "./hevc-sequence.js";
import { av1Units, countedUnits, prefixedUnits, startCodedUnits, unescaped } from "./units.js";

/** Bytes of a packet in which a header is looked for, and bytes that one has at most: some hundred are usual. */
const [SEARCHED, LONGEST] = [1 << 16, 1 << 12];

/** Reads the first packet, or the beginning of it. */
type FirstPacket = () => Promise<Uint8Array>;

type FindMatrix = (description: Uint8Array | undefined, packet: FirstPacket) => Promise<number | undefined>;

const finders: Readonly<Record<string, FindMatrix>> = {
  avc: inUnits({
    isSequence: (first) => (first & 31) === 7,
    header: 1,
    matrix: avcMatrix,
    // ISO/IEC 14496-15 §5.3.3.1.2.
    lengthAt: 4,
    described: (record) => countedUnits(record, 6, (record[5] ?? 0) & 31),
  }),
  hevc: inUnits({
    isSequence: (first) => ((first >> 1) & 63) === 33,
    header: 2,
    matrix: hevcMatrix,
    // ISO/IEC 14496-15 §8.3.3.1.2.
    lengthAt: 21,
    described: inArrays,
  }),
  async av1(_, packet) {
    const SEQUENCE = 1;
    for (const [type, content] of av1Units(await packet())) if (type === SEQUENCE) return av1Matrix(new Bits(content));
    return undefined;
  },
};

/** The code in the stream's own headers; `undefined` where there is none, or no header that can be read. */
export async function streamMatrix(track: InputVideoTrack): Promise<number | undefined> {
  const codec = await track.getCodec();
  // The library writes it into the name: profile, level, depth, sampling, primaries, transfer, matrix.
  if (codec === "vp9") return numbered((await track.getCodecParameterString())?.split(".")[7]);
  const description = (await track.getDecoderConfig())?.description;
  const packet: FirstPacket = async () => (await new EncodedPacketSink(track).getFirstPacket())?.data ?? new Uint8Array();
  return matrixOfStream(codec ?? "", description && bytesOf(description), packet);
}

/**
 * The code in a stream.
 *
 * @param description - what its container has for a decoder: a configuration record of ISO/IEC 14496-15; absent in streams of annex B
 * @param packet - reads the first packet, for streams that have their headers among the pictures
 */
export async function matrixOfStream(
  codec: string,
  description: Uint8Array | undefined,
  packet: FirstPacket,
): Promise<number | undefined> {
  try {
    return await finders[codec]?.(description, async () => (await packet()).subarray(0, SEARCHED));
  } catch {
    // What is damaged here is the decoder's to tell.
    return undefined;
  }
}

/** How H.264 and H.265 write their headers. */
interface UnitsOfCodec {
  /** Whether a unit that begins with this byte is a sequence parameter set. */
  readonly isSequence: (first: number) => boolean;
  /** Bytes that say what a unit is. */
  readonly header: number;
  readonly matrix: (bits: Bits) => number | undefined;
  /** Where a record says of how many bytes the lengths of units are. */
  readonly lengthAt: number;
  readonly described: (record: Uint8Array) => Iterable<Uint8Array>;
}

function inUnits({ isSequence, header, matrix, lengthAt, described }: UnitsOfCodec): FindMatrix {
  const sequence = (units: Iterable<Uint8Array>): Uint8Array | undefined => {
    for (const unit of units) if (isSequence(unit[0] ?? 0)) return unit;
    return undefined;
  };
  return async (record, packet) => {
    const unit =
      (record && sequence(described(record))) ??
      sequence(record ? prefixedUnits(await packet(), ((record[lengthAt] ?? 0) & 3) + 1) : startCodedUnits(await packet()));
    return unit && matrix(new Bits(unescaped(unit.subarray(header, LONGEST))));
  };
}

/** The units of a record of H.265, by their kinds. */
function* inArrays(record: Uint8Array): Generator<Uint8Array> {
  const [COUNT, ARRAYS] = [22, 23];
  let at = ARRAYS;
  for (let i = 0; i < (record[COUNT] ?? 0) && at + 3 <= record.length; i++)
    at = yield* countedUnits(record, at + 3, viewOf(record).getUint16(at + 1));
}

const numbered = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

const bytesOf = (data: AllowSharedBufferSource): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
