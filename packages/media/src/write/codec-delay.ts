/**
 * Opus in WebM and Matroska: names the encoder's delay.
 *
 * An Opus encoder delays its signal (by 312 samples, usually), and Matroska wants that stated as CodecDelay (RFC 9559
 * §5.1.4.1.28, and the Opus mapping's "CodecDelay must match pre-skip"). The muxing library writes the very value, but under
 * the identifier of SeekPreRoll; players that go by the standard would then play the sound 6.5 ms late. Both identifiers
 * are two bytes long, so the right one is put in its place as the header passes by.
 */
import type { StreamTargetChunk } from "mediabunny";

const SEEK_PRE_ROLL = [0x56, 0xbb];
const CODEC_DELAY = [0x56, 0xaa];
const CODEC_PRIVATE = [0x63, 0xa2];
const OPUS = Array.from("A_OPUS", (letter) => letter.charCodeAt(0));
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75];

/** Corrects the header in `bytes`, in place; does nothing when there is no Opus track or its delay is already named. */
export function nameCodecDelay(bytes: Uint8Array): void {
  const cluster = find(bytes, CLUSTER, 0, bytes.length);
  const end = cluster < 0 ? bytes.length : cluster;
  for (let at = find(bytes, OPUS, 0, end); at >= 0; at = find(bytes, OPUS, at + 1, end)) {
    // The codec's name is followed by its private data (identifier, one-byte length, OpusHead), then by the element in question.
    const privateAt = at + OPUS.length;
    if (!matches(bytes, CODEC_PRIVATE, privateAt)) continue;
    const next = privateAt + 3 + ((bytes[privateAt + 2] as number) & 0x7f);
    if (matches(bytes, SEEK_PRE_ROLL, next)) bytes.set(CODEC_DELAY, next);
  }
}

/** Passes chunks on, with the header, which the first of them holds, corrected. */
export function codecDelayStream(writable: WritableStream<StreamTargetChunk>): WritableStream<StreamTargetChunk> {
  const writer = writable.getWriter();
  return new WritableStream({
    async write(chunk) {
      if (chunk.position === 0) nameCodecDelay(chunk.data);
      await writer.write(chunk);
    },
    close: () => writer.close(),
    abort: (reason) => writer.abort(reason),
  });
}

function matches(bytes: Uint8Array, pattern: readonly number[], at: number): boolean {
  return pattern.every((byte, offset) => bytes[at + offset] === byte);
}

function find(bytes: Uint8Array, pattern: readonly number[], from: number, to: number): number {
  const first = pattern[0] as number;
  for (let at = bytes.indexOf(first, from); at >= 0 && at + pattern.length <= to; at = bytes.indexOf(first, at + 1)) {
    if (matches(bytes, pattern, at)) return at;
  }
  return -1;
}
