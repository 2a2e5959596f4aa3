/** Spectrograms beside one another, as one SVG with a caption over each pair. */
import { crc32, deflateSync } from "node:zlib";
import { spectrogram } from "@foley-control/signal";

/** Two sounds of a caption. */
export interface SoundPair {
  readonly caption: string;
  readonly made: Float32Array;
  readonly recorded: Float32Array;
}

/** As many bins and frames as a picture shows: a sheet is some hundred kilobytes. */
const WINDOW = 256;
const HOP = 565;
/** Shades of grey. */
const SHADES = 16;
/** Levels that are drawn, dB below a full-scale sine. */
const RANGE_DB = 90;
const COLUMNS = 4;
const [WIDE, HIGH, GAP, TEXT] = [170, 96, 8, 14] as const;

/** Every pair: what the model made to the left, the recording to the right. */
export function spectrogramSheet(pairs: readonly SoundPair[]): string {
  const cellWidth = 2 * WIDE + 2 * GAP;
  const cellHeight = HIGH + TEXT + 2 * GAP;
  const image = (samples: Float32Array, x: number, y: number): string =>
    `<image x="${x}" y="${y}" width="${WIDE}" height="${HIGH}" preserveAspectRatio="none" href="data:image/png;base64,${greyPng(levels(samples)).toString("base64")}"/>`;
  const cells = pairs.map(({ caption, made, recorded }, i) => {
    const [x, y] = [GAP + (i % COLUMNS) * (cellWidth + GAP), GAP + Math.floor(i / COLUMNS) * cellHeight];
    const text = `<text x="${x}" y="${y + TEXT - 3}" font-family="sans-serif" font-size="11">${caption.replace(/[<&]/g, "")}</text>`;
    return text + image(made, x, y + TEXT) + image(recorded, x + WIDE + 2, y + TEXT);
  });
  const [width, height] = [COLUMNS * (cellWidth + GAP) + GAP, Math.ceil(pairs.length / COLUMNS) * cellHeight + GAP];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="white"/>${cells.join("")}</svg>\n`;
}

interface Grey {
  readonly width: number;
  readonly height: number;
  /** Row by row, the highest frequency first; 0 is loud. */
  readonly values: Uint8Array;
}

function levels(samples: Float32Array): Grey {
  const { values, frames } = spectrogram(samples, { fftSize: WINDOW, hop: HOP, power: 1 });
  const height = WINDOW / 2;
  const bins = values.length / frames;
  const grey = new Uint8Array(frames * height);
  for (let x = 0; x < frames; x++)
    for (let y = 0; y < height; y++) {
      const decibels = 20 * Math.log10(values[x * bins + (height - 1 - y)]! / (WINDOW / 4) + 1e-9);
      const shade = Math.round((SHADES - 1) * Math.min(1, Math.max(0, -decibels / RANGE_DB)));
      grey[y * frames + x] = Math.round((255 * shade) / (SHADES - 1));
    }
  return { width: frames, height, values: grey };
}

/** An 8-bit greyscale PNG (ISO/IEC 15948). */
export function greyPng({ width, height, values }: Grey): Buffer {
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) rows.set(values.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    framed.set(body, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}
