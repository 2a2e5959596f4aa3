/**
 * A decoded frame → interleaved RGB of the wanted size. Works on the raw planes: bit-identical between Node and browsers,
 * no colour management in between, and only the small picture is ever converted to RGB.
 */
import { FoleyError } from "@foley-control/core";
import type { VideoSample } from "mediabunny";
import { type ColourTags, colourMatrix, convertedAgain, planesToRgb } from "./colour.js";
import { type Fit, fitRectangles, type Rectangle } from "./fit.js";
import { type Plane, resizePlane } from "./resize-plane.js";
import { type AxisWeights, axisWeights } from "./resize-weights.js";

/** How frames are shown. */
export interface RgbRequest {
  /** Output `[height, width]` in pixels. */
  readonly size: readonly [number, number];
  readonly fit: Fit;
  /** Clockwise turn that brings the coded picture upright, in degrees. */
  readonly rotation: number;
  /** Mirrored left to right after the turn. */
  readonly flip: boolean;
  /** Shape of the upright picture as shown, width / height. */
  readonly aspect: number;
  /** Colour tags of the track; they win over those of a frame. */
  readonly colour: ColourTags;
  /**
   * True where frames are libav's: they have the tags of their stream, and what comes as RGB from one without known planes was converted as if it were
   * limited-range BT.601. Those of browsers have a guess where the stream says nothing.
   */
  readonly fromLibav?: boolean | undefined;
}

/** Converts frames of one track; keeps its buffers and weights from frame to frame. */
export class RgbConverter {
  readonly #request: RgbRequest;
  #bytes = new Uint8Array(0);
  #weights = new Map<string, AxisWeights>();
  #planes: Float32Array[] = [];

  constructor(request: RgbRequest) {
    this.#request = request;
  }

  /** The frame as `height × width × 3` bytes. Does not close it. */
  async convert(sample: VideoSample): Promise<Uint8Array> {
    const { size, fit, rotation, flip, aspect } = this.#request;
    const { source, target } = fitRectangles(aspect, size, fit);
    const turned = rotation === 90 || rotation === 270;
    const [innerHeight, innerWidth] = turned ? [target.width, target.height] : [target.height, target.width];
    const part = turnedBack(source, rotation, flip);
    const small = await this.#resize(sample, part, innerWidth, innerHeight);
    if (rotation === 0 && !flip && innerHeight === size[0] && innerWidth === size[1]) return small;
    return place(small, innerWidth, innerHeight, { rotation, flip, size, left: target.left, top: target.top });
  }

  async #resize(sample: VideoSample, part: Rectangle, outWidth: number, outHeight: number): Promise<Uint8Array> {
    const { colour, fromLibav = false } = this.#request;
    const tags = fromLibav ? [colour, sample.colorSpace] : [colour];
    const format = sample.format === null || !(sample.format in layouts) ? "RGBA" : sample.format;
    const layout = layouts[format] as Layout;
    const copyOptions = format === sample.format ? {} : { format: "RGBA" as const };
    const needed = sample.allocationSize(copyOptions);
    if (this.#bytes.length < needed) this.#bytes = new Uint8Array(needed);
    const places = await sample.copyTo(this.#bytes, copyOptions);
    const { width, height } = sample.visibleRect;
    const wide = layout.bits > 8;
    const data = wide ? new Uint16Array(this.#bytes.buffer, 0, this.#bytes.length >> 1) : this.#bytes;
    const unit = wide ? 2 : 1;
    const outputs = layout.channels.map((channel, index) => {
      const place = places[channel.plane];
      if (!place) throw new FoleyError("bad-file", `A decoded frame of format ${format} lacks a plane.`);
      const [w, h] = [Math.ceil(width / channel.across), Math.ceil(height / channel.down)];
      const { across, down, step } = channel;
      const plane: Plane = { data, offset: place.offset / unit + channel.offset, stride: place.stride / unit, step };
      const rows = this.#axis(h, (part.top * height) / down, ((part.top + part.height) * height) / down, outHeight);
      const columns = this.#axis(w, (part.left * width) / across, ((part.left + part.width) * width) / across, outWidth);
      let out = this.#planes[index];
      if (out?.length !== outWidth * outHeight) out = this.#planes[index] = new Float32Array(outWidth * outHeight);
      resizePlane(plane, w, rows, columns, 1 / 2 ** (layout.bits - 8), out);
      return out;
    });
    const matrix = colourMatrix(height, ...tags);
    if (sample.format === null && fromLibav && !tags.some((each) => each.matrix === "rgb"))
      return new Uint8Array(convertedAgain(outputs as [Float32Array, Float32Array, Float32Array], matrix).buffer);
    const rgb = new Uint8ClampedArray(outWidth * outHeight * 3);
    const [first, second, third] = outputs as [Float32Array, Float32Array, Float32Array];
    if (layout.rgb) {
      for (let i = 0, o = 0; i < first.length; i++, o += 3) {
        rgb[o] = first[i] as number;
        rgb[o + 1] = second[i] as number;
        rgb[o + 2] = third[i] as number;
      }
    } else {
      planesToRgb(first, second, third, matrix, rgb);
    }
    return new Uint8Array(rgb.buffer);
  }

  #axis(length: number, from: number, to: number, size: number): AxisWeights {
    const key = `${length} ${from} ${to} ${size}`;
    let weights = this.#weights.get(key);
    if (!weights) {
      // Sizes may change in the middle of a file, but not often.
      if (this.#weights.size > 16) this.#weights.clear();
      weights = axisWeights(length, from, to, size);
      this.#weights.set(key, weights);
    }
    return weights;
  }
}

/** A rectangle of the upright picture, seen on the coded one. */
function turnedBack(part: Rectangle, rotation: number, flip: boolean): Rectangle {
  const left = flip ? 1 - part.left - part.width : part.left;
  const right = 1 - left - part.width;
  const bottom = 1 - part.top - part.height;
  if (rotation === 90) return { left: part.top, top: right, width: part.height, height: part.width };
  if (rotation === 180) return { left: right, top: bottom, width: part.width, height: part.height };
  if (rotation === 270) return { left: bottom, top: left, width: part.height, height: part.width };
  return { ...part, left };
}

/** Turns and mirrors a small picture and puts it on a black ground. */
function place(
  small: Uint8Array,
  width: number,
  height: number,
  where: { rotation: number; flip: boolean; size: readonly [number, number]; left: number; top: number },
): Uint8Array {
  const { rotation, flip, size, left, top } = where;
  const out = new Uint8Array(size[0] * size[1] * 3);
  const turned = rotation === 90 || rotation === 270;
  const [outWidth, outHeight] = turned ? [height, width] : [width, height];
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const across = flip ? outWidth - 1 - x : x;
      let [sx, sy] = [across, y];
      if (rotation === 90) [sx, sy] = [y, height - 1 - across];
      else if (rotation === 180) [sx, sy] = [width - 1 - across, height - 1 - y];
      else if (rotation === 270) [sx, sy] = [width - 1 - y, across];
      const from = (sy * width + sx) * 3;
      const to = ((top + y) * size[1] + left + x) * 3;
      out[to] = small[from] as number;
      out[to + 1] = small[from + 1] as number;
      out[to + 2] = small[from + 2] as number;
    }
  }
  return out;
}

interface Channel {
  readonly plane: number;
  readonly offset: number;
  readonly step: number;
  /** Picture pixels per sample across and down. */
  readonly across: number;
  readonly down: number;
}

interface Layout {
  readonly bits: number;
  readonly rgb: boolean;
  readonly channels: readonly [Channel, Channel, Channel];
}

const planar = (bits: number, across: number, down: number): Layout => ({
  bits,
  rgb: false,
  channels: [
    { plane: 0, offset: 0, step: 1, across: 1, down: 1 },
    { plane: 1, offset: 0, step: 1, across, down },
    { plane: 2, offset: 0, step: 1, across, down },
  ],
});

const packed = (red: number, blue: number): Layout => ({
  bits: 8,
  rgb: true,
  channels: [
    { plane: 0, offset: red, step: 4, across: 1, down: 1 },
    { plane: 0, offset: 1, step: 4, across: 1, down: 1 },
    { plane: 0, offset: blue, step: 4, across: 1, down: 1 },
  ],
});

const layouts: Readonly<Record<string, Layout>> = {
  ...Object.fromEntries(
    (["I420", "I422", "I444"] as const).flatMap((name) =>
      ["", "A"].flatMap((alpha) =>
        [8, 10, 12].map((bits) => [
          `${name}${alpha}${bits === 8 ? "" : `P${bits}`}`,
          planar(bits, name === "I444" ? 1 : 2, name === "I420" ? 2 : 1),
        ]),
      ),
    ),
  ),
  NV12: {
    bits: 8,
    rgb: false,
    channels: [
      { plane: 0, offset: 0, step: 1, across: 1, down: 1 },
      { plane: 1, offset: 0, step: 2, across: 2, down: 2 },
      { plane: 1, offset: 1, step: 2, across: 2, down: 2 },
    ],
  },
  RGBA: packed(0, 2),
  RGBX: packed(0, 2),
  BGRA: packed(2, 0),
  BGRX: packed(2, 0),
};
