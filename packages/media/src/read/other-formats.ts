/** Containers that are not read here, by how they begin: "not a video of a known format" would be untrue of them. */
import type { ReadBytes } from "./boxes.js";

/** Bytes that are looked at. */
const LOOKED_AT = 16;

/** What a file is, its first bytes as Latin-1, and what stands behind four bytes of length. */
type Beginning = readonly [name: string, begins: string, kind?: string];

const beginnings: readonly Beginning[] = [
  ["AVI", "RIFF", "AVI "],
  ["Flash video (flv)", "FLV\x01"],
  ["Windows Media", "\x30\x26\xb2\x75\x8e\x66\xcf\x11"],
  ["an MPEG program stream", "\0\0\x01\xba"],
  ["a GIF", "GIF8"],
  ["a WebP picture", "RIFF", "WEBP"],
  ["a PNG picture", "\x89PNG"],
  ["a JPEG picture", "\xff\xd8\xff"],
  ["a playlist", "#EXTM3U"],
  ["RealMedia", ".RMF"],
  ["MXF", "\x06\x0e\x2b\x34"],
  ["AIFF", "FORM", "AIF"],
  ["AMR", "#!AMR"],
  ["CAF", "caff"],
];

/** What a file is that nothing here opens; `undefined` when that cannot be told. */
export async function otherFormat(read: ReadBytes, size: number): Promise<string | undefined> {
  const first = String.fromCharCode(...(await read(0, Math.min(size, LOOKED_AT))));
  const fits = ([, begins, kind = ""]: Beginning): boolean =>
    first.startsWith(begins) && first.startsWith(kind, begins.length + (kind ? 4 : 0));
  return beginnings.find(fits)?.[0];
}
