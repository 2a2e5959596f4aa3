/** Times of tokens whose windows overlap, and tokens of several encoders beside each other. */
import { memoryParameters, mergeParameters, normalArray, type PlainTensor } from "@foley-control/core";
import { evaluate, graph, input, parametersOf } from "@foley-control/graph";
import { describe, expect, test } from "vitest";
import { createBridge, initialiseBridge } from "./bridge.js";
import { type BridgeConfig, bridgeConfig, type TokenMaker, tokenSeconds, tokenSource } from "./config.js";
import { assertFits, bridgeConfigCheck } from "./file.js";
import { smallParts } from "./testing/small-parts.js";
import { packedSize, packTokens, unpackTokens } from "./tokens.js";

const { backbone } = smallParts();
const synchformer = {
  id: "sync",
  tokenWidth: 6,
  tokenRate: 12.5,
  frameRate: 25,
  window: 16,
  step: 8,
} as const satisfies TokenMaker;
const pictures = {
  id: "pictures",
  tokenWidth: 4,
  tokenRate: 8,
  frameRate: 8,
  window: 1,
  tokensPerStep: 2,
} as const satisfies TokenMaker;
const grid = { id: "grid", tokenWidth: 9, tokenRate: 4, frameRate: 8, window: 8 } as const satisfies TokenMaker;

describe("times", () => {
  test("go back where a window begins before the one before has ended", () => {
    const times = Array.from({ length: 24 }, (_, token) => tokenSeconds(token, tokenSource(synchformer)));
    expect(times.slice(0, 9).map((time) => Number(time.toFixed(6)))).toEqual([
      0.04, 0.12, 0.2, 0.28, 0.36, 0.44, 0.52, 0.6, 0.36,
    ]);
    expect(times[23]).toBeCloseTo(2 * 0.32 + 0.6, 9);
    expect(times[8]).toBeLessThan(times[7] as number);
  });
  test("follow one another where windows do", () => {
    const one = tokenSource(grid);
    expect(one.windows).toBeUndefined();
    expect(Array.from({ length: 5 }, (_, token) => tokenSeconds(token, one))).toEqual([0.125, 0.375, 0.625, 0.875, 1.125]);
    expect([0, 1, 2, 3].map((token) => tokenSeconds(token, tokenSource(pictures)))).toEqual([0.0625, 0.0625, 0.1875, 0.1875]);
  });
});

const clip = ({ tokenWidth, id }: TokenMaker, tokens: number): PlainTensor<"float32"> => ({
  dtype: "float32",
  shape: [1, tokens, tokenWidth],
  data: normalArray(3, [id], tokens * tokenWidth),
});

/** What a bridge that was opened adds at its first site, of these tokens. */
function added(config: BridgeConfig, clips: readonly PlainTensor<"float32">[], parts = sizesOf(clips)): Float64Array {
  const start = initialiseBridge(config, 1);
  // W_o starts at zero; open it, as training does.
  for (const [name, tensor] of Object.entries(start))
    if (name.endsWith("to_out.weight")) start[name] = { ...tensor, data: normalArray(2, [name], tensor.data.length) };
  const site = backbone.denoiser.sites(6)[0] as ReturnType<typeof backbone.denoiser.sites>[number];
  const packed = packTokens(clips);
  const [x, video] = [input("x", [1, site.prefixTokens + 6, site.width]), input("video", packed.shape)];
  const hook = createBridge(config, memoryParameters(start)).hook(unpackTokens(video, parts));
  const source = graph("site", [x, video], { y: hook(x, site) });
  const zeros = new Float32Array((site.prefixTokens + 6) * site.width).map((_, i) => Math.sin(i));
  const weights = Object.fromEntries([...parametersOf(source).keys()].map((name) => [name, start[name]?.data as Float32Array]));
  const y = evaluate(source, { ...weights, x: zeros, video: packed.data })["y"]?.data as Float64Array;
  return y.map((value, i) => value - (zeros[i] as number));
}
const sizesOf = (clips: readonly PlainTensor[]) =>
  clips.map(({ shape }) => ({ tokens: shape[1] as number, tokenWidth: shape[2] as number }));
const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe("several encoders", () => {
  const config = bridgeConfig(backbone, [synchformer, pictures, grid], { adapterHidden: 5 });
  const clips = [clip(synchformer, 16), clip(pictures, 10), clip(grid, 3)];

  test("have layers of their own, and are attended to together, whatever their order in time", () => {
    const names = createBridge(config, memoryParameters(initialiseBridge(config, 1))).parameters.map(({ name }) => name);
    for (const part of ["to_kv", "video_norm", "adapter.0"])
      expect(names.filter((name) => name.startsWith("blocks.0.") && name.includes(part))).toHaveLength(3);
    const all = added(config, clips);
    expect(largest(all)).toBeGreaterThan(0);
    for (const place of [0, 1, 2]) {
      const without = clips.map((one, i) => (i === place ? { ...one, data: new Float32Array(one.data.length) } : one));
      expect(largest(added(config, without).map((value, i) => value - (all[i] as number)))).toBeGreaterThan(1e-4);
    }
  });

  test("that saw nothing are left out; zero tokens add exactly zero", () => {
    const only = [clips[0], clips[2]] as readonly PlainTensor<"float32">[];
    const parts = [sizesOf(clips)[0], { tokens: 0, tokenWidth: 4 }, sizesOf(clips)[2]] as ReturnType<typeof sizesOf>;
    expect(largest(added(config, only, parts))).toBeGreaterThan(0);
    expect(
      largest(
        added(
          config,
          clips.map((one) => ({ ...one, data: new Float32Array(one.data.length) })),
        ),
      ),
    ).toBe(0);
  });

  test("are as one where there is one", () => {
    const one = bridgeConfig(backbone, grid, { adapterHidden: 5 });
    expect(bridgeConfig(backbone, [grid], { adapterHidden: 5 })).toEqual(one);
    expect(one).not.toHaveProperty("beside");
    expect(packTokens([clips[2] as PlainTensor<"float32">])).toBe(clips[2]);
    expect(packedSize(sizesOf(clips))).toEqual({ tokens: 29, tokenWidth: 9 });
  });

  test("stand in the file, which fits them alone and in their order", () => {
    expect(bridgeConfigCheck(JSON.parse(JSON.stringify(config)), "")).toBeUndefined();
    expect(bridgeConfigCheck({ ...config, beside: [{ encoder: "x" }] }, "")).toMatch(/beside\.0\.tokenWidth/);
    expect(bridgeConfigCheck({ ...config, windows: { steps: 0, seconds: 1 } }, "")).toMatch(/windows\.steps/);
    const bridge = createBridge(config, mergeParameters(memoryParameters(initialiseBridge(config, 1))));
    expect(() => assertFits(bridge, backbone, [synchformer, pictures, grid])).not.toThrow();
    expect(() => assertFits(bridge, backbone, [synchformer, grid, pictures])).toThrow(/video encoder "pictures", but "grid"/);
    expect(() => assertFits(bridge, backbone, [synchformer, pictures])).toThrow(/number of video encoders 3, but 2/);
    expect(() => assertFits(bridge, backbone, [{ ...synchformer, step: 4 }, pictures, grid])).toThrow(/overlapping windows/);
  });
});
