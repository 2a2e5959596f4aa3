/** Pictures as V-JEPA 2's processor makes them: sizes, bytes of the crop, and normalised numbers. */

import { createHash } from "node:crypto";
import {
  type Comparison,
  compare,
  crc32,
  type GoldenCase,
  hash,
  type Limits,
  type Numbers,
  numbers,
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

/** Whether a case is of this kind. */
export const isPictures = ({ file }: GoldenCase): boolean => file.config?.cropSize !== undefined && file["frames"] !== undefined;

/** Every frame, the second crop and the table of sizes. */
export function checkPictures(golden: GoldenCase): readonly Comparison[] {
  const frames = golden.file["frames"] as Readonly<Record<string, Frame>>;
  const seed = golden.file.caseSeed ?? 1;
  const found: Comparison[] = [];
  for (const [name, frame] of Object.entries(frames)) {
    const picture = pictureOf(name, frame.size, seed);
    const size = [frame.crop.size, frame.crop.size] as const;
    found.push(digest(`${name}: the picture itself`, picture.rgb, frame.inputSha256));
    found.push(
      planned(`${name}: sizes`, frame.size, frame.crop.size, {
        resized: frame.resized,
        topLeft: [frame.crop.top, frame.crop.left],
      }),
    );
    found.push(digest(`${name}: bytes of the crop`, cropPicture(picture, size), frame.cropSha256));
    const key = `frame.${name}.pixel_values_stride8`;
    if (golden.has(key)) {
      const pixels = vjepa2Preprocess(size)(picture);
      const kept = pixels.filter((_, i) => i % 8 === 0 && Math.floor(i / size[1]) % 8 === 0) as Numbers["data"];
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
    const picture = pictureOf(second.frame, source.size, seed);
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
function pictureOf(name: string, [height, width]: readonly [number, number], seed: number) {
  const start = crc32(`input:frame:${name}`) ^ seed;
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
