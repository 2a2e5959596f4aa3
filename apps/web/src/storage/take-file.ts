/** The file of a take: its head, where its samples lie, and the digest that it is called by. */
import { sha256Hex } from "./sha256.js";

/** Bytes before the samples. */
export const HEAD = 16;
/** `FLY1`, as a little-endian number. */
export const MAGIC = 0x31594c46;
/** Bytes that are hashed at once. */
const PART = 1 << 22;

/** What is known of a sound before it is there. */
export interface SoundShape {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples per channel. */
  readonly samples: number;
}

/** The bytes before the samples. */
export function headOf({ sampleRate, channels, samples }: SoundShape): Uint8Array<ArrayBuffer> {
  const head = new DataView(new ArrayBuffer(HEAD));
  for (const [index, value] of [MAGIC, channels, sampleRate, samples].entries()) head.setUint32(4 * index, value, true);
  return new Uint8Array(head.buffer);
}

/** Bytes of the whole file. */
export const sizeOf = ({ channels, samples }: Pick<SoundShape, "channels" | "samples">): number => HEAD + 4 * channels * samples;

/** Where a sample of a channel lies in the file. */
export const offsetOf = ({ samples }: Pick<SoundShape, "samples">, channel: number, sample: number): number =>
  HEAD + 4 * (channel * samples + sample);

/** SHA-256 of the SHA-256 of every 4 MiB: what browsers have hashes nothing bit by bit, and an hour of sound is never hashed as one copy. */
async function digestOf(parts: readonly Blob[]): Promise<string> {
  const digests: Uint8Array<ArrayBuffer>[] = [];
  for (const part of parts) for (let at = 0; at < part.size; at += PART) digests.push(await sha256(part.slice(at, at + PART)));
  return sha256Hex(await new Blob(digests).arrayBuffer());
}

async function sha256(bytes: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await bytes.arrayBuffer()));
}

/** The digest by which a take's file has to be called; `undefined` for what is none. */
export async function digestOfTake(file: Blob): Promise<string | undefined> {
  if (file.size < HEAD) return undefined;
  const view = new DataView(await file.slice(0, HEAD).arrayBuffer());
  const [channels, samples] = [view.getUint32(4, true), view.getUint32(12, true)];
  if (view.getUint32(0, true) !== MAGIC || file.size !== HEAD + 4 * channels * samples) return undefined;
  const ends = Array.from({ length: channels + 1 }, (_, index) => HEAD + 4 * samples * index);
  return digestOf(ends.map((end, index) => file.slice(index === 0 ? 0 : ends[index - 1], end)));
}
