/** A finished window as bytes: what there is, the numbers, and a digest of both, by which what is damaged is told. */
import type { PlainTensor } from "@foley-control/core";
import type { GuidanceBranch } from "@foley-control/sampler";
import { sha256 } from "./digest.js";

/** A finished window. */
export interface MadeWindow {
  /** [1, channels, frames]; the next window begins with some of them. */
  readonly latents: PlainTensor<"float32">;
  /** All of its sound. */
  readonly channels: readonly Float32Array[];
  /** Rows of the batch that it was sampled in. */
  readonly branches: readonly GuidanceBranch[];
}

const DIGEST_BYTES = 32;

/** The bytes of a window. */
export async function windowBytes({ latents, channels, branches }: MadeWindow): Promise<Uint8Array<ArrayBuffer>> {
  const head = { shape: latents.shape, channels: channels.length, samples: channels[0]?.length ?? 0, branches };
  // The numbers begin at a multiple of four bytes.
  const text = JSON.stringify(head);
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const numbers = [latents.data, ...channels];
  const length = 4 + header.length + numbers.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const bytes = new Uint8Array(length + DIGEST_BYTES);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + header.length;
  for (const each of numbers) {
    new Float32Array(bytes.buffer, at, each.length).set(each);
    at += each.byteLength;
  }
  bytes.set(await sha256(bytes.subarray(0, length)), length);
  return bytes;
}

/** A window from its bytes; `undefined` when they are not whole. */
export async function windowOf(bytes: Uint8Array): Promise<MadeWindow | undefined> {
  const length = bytes.byteLength - DIGEST_BYTES;
  if (length < 4) return undefined;
  const digest = await sha256(bytes.subarray(0, length));
  if (digest.some((byte, i) => byte !== bytes[length + i])) return undefined;
  const { buffer } = bytes.slice();
  const header = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, header))) as {
    readonly shape: readonly number[];
    readonly channels: number;
    readonly samples: number;
    readonly branches: readonly GuidanceBranch[];
  };
  let at = 4 + header;
  const numbers = (count: number): Float32Array<ArrayBuffer> => {
    const found = new Float32Array(buffer, at, count);
    at += found.byteLength;
    return found;
  };
  const data = numbers(head.shape.reduce((product, size) => product * size, 1));
  return {
    latents: { dtype: "float32", shape: head.shape, data },
    channels: Array.from({ length: head.channels }, () => numbers(head.samples)),
    branches: head.branches,
  };
}
