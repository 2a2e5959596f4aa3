/** Pictures as V-JEPA 2's processor makes them: sizes, bytes of the crop, and normalised numbers. */

import { createHash } from "node:crypto";
import type { VideoEncoder } from "@foley-control/core";
import {
  type Comparison,
  compare,
  crc32,
  type GoldenCase,
  hash,
  type Limits,
  type Numbers,
  numbers,
  seedOf,
} from "@foley-control/golden";
import { cropPicture, planCrop, vjepa2Preprocess } from "@foley-control/video-encoder";

interface Frame {
  readonly size: readonly [number, number];
  readonly resized: readonly [number, number];
  readonly crop: { readonly top: number; readonly left: number; readonly size: number };
  readonly inputSha256: string;
  readonly cropSha256: string;
}

interface Planned {
  readonly resized: readonly [number, number];
  readonly topLeft: readonly [number, number];
}

interface SecondCrop {
  readonly frame: string;
  readonly crop: number;
  readonly cropSha256: string;
}

/** Pixel values of every so many rows and columns are stored: the number ends the name. */
const KEPT = "pixel_values_stride";

/** Whether a case is of this kind. */
export const isPictures = ({ file }: GoldenCase): boolean => file.config?.cropSize !== undefined && file["frames"] !== undefined;

/** Every frame, the second crop and the table of sizes. */
export function checkPictures(golden: GoldenCase): readonly Comparison[] {
  const frames = golden.file["frames"] as Readonly<Record<string, Frame>>;
  const { mean, std } = golden.file.config as VideoEncoder["normalisation"];
  const found: Comparison[] = [];
  for (const [name, frame] of Object.entries(frames)) {
    const picture = pictureOf(golden, name, frame.size);
    const size = [frame.crop.size, frame.crop.size] as const;
    found.push(digest(`${name}: the picture itself`, picture.rgb, frame.inputSha256));
    found.push(
      planned(`${name}: sizes`, frame.size, frame.crop.size, {
        resized: frame.resized,
        topLeft: [frame.crop.top, frame.crop.left],
      }),
    );
    found.push(digest(`${name}: bytes of the crop`, cropPicture(picture, size), frame.cropSha256));
    for (const key of golden.names.filter((one) => one.startsWith(`frame.${name}.${KEPT}`))) {
      const step = Number(key.slice(`frame.${name}.${KEPT}`.length));
      const pixels = vjepa2Preprocess(size, { mean, std })(picture);
      const kept = pixels.filter((_, i) => (i % size[1]) % step === 0 && Math.floor(i / size[1]) % step === 0) as Numbers["data"];
      const limits = golden.file.tolerance["pixel_values"] as Limits;
      found.push(
        compare(`${name}: pixel values`, { shape: [kept.length], data: kept }, golden.stored(key), {
          maxAbs: limits.maxAbs ?? 0,
        }),
      );
    }
  }
  const second = golden.file["secondCrop"] as SecondCrop | undefined;
  const source = second && frames[second.frame];
  if (second && source) {
    const picture = pictureOf(golden, second.frame, source.size);
    found.push(
      digest(`${second.frame}: crop of ${second.crop}`, cropPicture(picture, [second.crop, second.crop]), second.cropSha256),
    );
  }
  for (const { size, ...crops } of (golden.file["sizeTable"] as readonly ({ size: [number, number] } & Record<
    string,
    Planned
  >)[]) ?? [])
    for (const [crop, expected] of Object.entries(crops))
      found.push(planned(`sizes of ${size.join("×")}, crop ${crop}`, size, Number(crop), expected as Planned));
  return found;
}

function planned(label: string, [height, width]: readonly [number, number], crop: number, expected: Planned): Comparison {
  const plan = planCrop(height, width, [crop, crop]);
  const mine = [plan.height, plan.width, plan.top, plan.left];
  return compare(label, numbers(mine), numbers([...expected.resized, ...expected.topLeft]), { maxAbs: 0 });
}

function digest(label: string, bytes: Uint8Array, expected: string): Comparison {
  const mine = createHash("sha256").update(bytes).digest();
  return compare(label, numbers([...mine]), numbers([...Buffer.from(expected, "hex")]), { maxAbs: 0 });
}

/** Noise over a chequered ramp, by the formula of the case. */
function pictureOf({ file }: GoldenCase, name: string, [height, width]: readonly [number, number]) {
  const made = (file["frameFormula"] ?? {}) as { readonly name?: string; readonly seed?: number };
  const named = (made.name ?? "input:frame:<name>").replace("<name>", name);
  const start = crc32(named) ^ seedOf(named, made, file);
  const rgb = new Uint8Array(height * width * 3);
  for (let k = 0; k < rgb.length; k++) {
    const [c, x, y] = [k % 3, Math.floor(k / 3) % width, Math.floor(k / (3 * width))];
    const noise = hash(k + start) >>> 24;
    const ramp = ((x * (c + 2) + y * (3 - c)) >> 2) & 255;
    const value = ((x >> 4) ^ (y >> 4)) & 1 ? 255 - ramp : ramp;
    rgb[k] = (value * 3 + noise) >> 2;
  }
  return { rgb, height, width };
}
