/** A fingerprint of the encoded picture, to prove that a mux did not touch it. */
import { concatBytes } from "@foley-control/core";
import type { MediaFile } from "./types.js";

/** Digest and number of the video packets of a file. */
export interface PacketDigest {
  /** SHA-256 over the SHA-256 digests of all video packets in decoding order, in hexadecimal. */
  readonly sha256: string;
  /** Number of packets. */
  readonly packets: number;
  /** Bytes of all packets. */
  readonly bytes: number;
}

/** Digests the video packets of an open file; containers, timestamps and sound do not enter. */
export async function videoPacketDigest(
  file: MediaFile,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<PacketDigest> {
  const digests: Uint8Array[] = [];
  let bytes = 0;
  for await (const packet of file.videoPackets(options)) {
    digests.push(await sha256(packet.data));
    bytes += packet.data.byteLength;
  }
  return { sha256: hexadecimal(await sha256(concatBytes(digests))), packets: digests.length, bytes };
}

async function sha256(data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data as Uint8Array<ArrayBuffer>));
}

function hexadecimal(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
