/** What the networks are fed, against values of the reference. */
import { describe, expect, it } from "vitest";
import { decibelMel } from "../frontends/mels.js";
import { imagebindClips, imagebindMel } from "./imagebind/mel.js";
import { CLAP_MEL } from "./laion-clap/network.js";
import { MS_CLAP_MEL } from "./ms-clap/network.js";
import { PANNS_MEL } from "./panns/network.js";
import { passtMel } from "./passt/network.js";
import { synchformerMel } from "./synchformer/mel.js";
import { vggishMel } from "./vggish/network.js";

/** Two tones and a chirp, as the reference's values were taken of. */
const tones = (rate: number, seconds = 1) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => {
    const t = i / rate;
    const beat = Math.floor(4 * t) % 2;
    return (
      0.5 * Math.sin(2 * Math.PI * 440 * t) +
      0.25 * Math.sin(2 * Math.PI * (1000 * t + 300 * t * t)) +
      0.05 * Math.sin(2 * Math.PI * 3000 * t) * beat
    );
  });

describe("front-ends", () => {
  it("feed VGGish examples of 96 frames", () => {
    const { shape, data } = vggishMel(tones(16000));
    expect(shape).toEqual([1, 1, 96, 64]);
    for (const [band, value] of [
      [8, 4.0891657],
      [9, 3.6457841],
      [16, -3.2972927],
      [40, -4.5626147],
    ] as const)
      expect(data[50 * 64 + band]).toBeCloseTo(value, 5);
    expect(vggishMel(new Float32Array(15000)).shape[0]).toBe(0);
  });

  it("feed PANNs and both CLAPs decibels", () => {
    const panns = decibelMel(tones(16000), PANNS_MEL);
    expect(panns.shape).toEqual([1, 1, 101, 64]);
    for (const [band, value] of [
      [6, 5.2952714],
      [7, 17.734228],
      [9, 6.9625287],
      [20, -41.992397],
    ] as const)
      expect(panns.data[50 * 64 + band]).toBeCloseTo(value, 2);
    const clap = decibelMel(tones(48000), CLAP_MEL);
    expect(clap.shape).toEqual([1, 1, 101, 64]);
    expect(clap.data[50 * 64 + 6]).toBeCloseTo(24.267803, 3);
    const ms = decibelMel(tones(44100), MS_CLAP_MEL);
    expect(ms.shape).toEqual([1, 1, 138, 64]);
    expect(ms.data[1]).toBeCloseTo(13.389898, 2);
    expect(new Set(decibelMel(new Float32Array(4000), PANNS_MEL).data)).toEqual(new Set([-100]));
  });

  it("feed PaSST, Synchformer and ImageBind bands over time", () => {
    const passt = passtMel(tones(32000));
    expect(passt.shape).toEqual([1, 1, 128, 100]);
    for (const [band, value] of [
      [20, 1.6434951],
      [28, -0.8188721],
      [60, 0.1472112],
    ] as const)
      expect(passt.data[band * 100 + 50]).toBeCloseTo(value, 3);
    const synchformer = synchformerMel(tones(16000));
    expect(synchformer.shape).toEqual([2, 1, 128, 66]);
    expect(synchformer.data[25 * 66 + 32]).toBeCloseTo(1.3084232143, 4);
    expect(synchformer.data[65]).toBeCloseTo(0.46703, 5);
    const imagebind = imagebindMel({ channels: [tones(16000, 2)], sampleRate: 16000 }, { clips: 1 });
    expect(imagebind.shape).toEqual([1, 1, 128, 204]);
    expect(imagebind.data[24 * 204 + 50]).toBeCloseTo(0.8540706535, 4);
    expect(imagebind.data[203]).toBeCloseTo(0.46706, 5);
  });

  it("spread ImageBind's clips and say when a sound is too short", () => {
    expect(imagebindClips(128000)).toEqual([
      [0, 32000],
      [48000, 80000],
      [96000, 128000],
    ]);
    // 32004 / 16000 and 159998 / 16000 as float64 lie below what they stand for, and with them the starts.
    expect(imagebindClips(32004).map(([from]) => from)).toEqual([0, 1, 3]);
    expect(imagebindClips(159998).map(([from]) => from)).toEqual([0, 63998, 127997]);
    expect(() => imagebindClips(31999)).toThrow(/shorter than a clip of 2 s/);
    expect(() => synchformerMel(new Float32Array(10239))).toThrow(/shorter than one segment/);
  });
});
