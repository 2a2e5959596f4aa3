/** Containers that are not read here, by how they begin: "not a video of a known format" would be untrue of them. */
import type { ReadBytes } from "./boxes.js";

/** Bytes that are looked at. */
const LOOKED_AT = 16;

interface Beginning {
  readonly name: string;
  /** The first bytes, as Latin-1. */
  readonly begins: string;
  /** What stands behind four bytes of length. */
  readonly kind?: string;
}

const beginnings: readonly Beginning[] = [
  { begins: "RIFF", kind: "AVI ", name: "AVI" },
  { begins: "FLV\x01", name: "Flash video (flv)" },
  { begins: "\x30\x26\xb2\x75\x8e\x66\xcf\x11", name: "Windows Media (asf, wmv, wma)" },
  { begins: "\0\0\x01\xba", name: "an MPEG program stream (mpg, vob)" },
  { begins: "\0\0\x01\xb3", name: "an MPEG video stream without a container" },
  { begins: "GIF8", name: "a GIF" },
  { begins: "RIFF", kind: "WEBP", name: "a WebP picture" },
  { begins: "\x89PNG", name: "a PNG picture" },
  { begins: "\xff\xd8\xff", name: "a JPEG picture" },
  { begins: "#EXTM3U", name: "a playlist" },
  { begins: ".RMF", name: "RealMedia" },
  { begins: "\x06\x0e\x2b\x34", name: "MXF" },
  { begins: "FORM", kind: "AIFF", name: "AIFF" },
  { begins: "FORM", kind: "AIFC", name: "AIFF" },
  { begins: "#!AMR", name: "AMR" },
  { begins: "caff", name: "CAF" },
];

/** What a file is that nothing here opens; `undefined` when that cannot be told. */
export async function otherFormat(read: ReadBytes, size: number): Promise<string | undefined> {
  const first = String.fromCharCode(...(await read(0, Math.min(size, LOOKED_AT))));
  const fits = ({ begins, kind = "" }: Beginning): boolean =>
    first.startsWith(begins) && first.startsWith(kind, begins.length + (kind === "" ? 0 : 4));
  return beginnings.find(fits)?.name;
}
