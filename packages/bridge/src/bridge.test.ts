/** The bridge against its contract, on a real small denoiser with random weights. */
import { type BridgeSite, createRandom, memoryParameters, type PlainTensor } from "@foley-control/core";
import { testBridge } from "@foley-control/core/testing";
import { differentiate, evaluate, gradientName, graph, input, ops, parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, expect, test } from "vitest";
import { bridgeParameters, createBridge, freshBridge } from "./bridge.js";
import type { BridgeConfig } from "./config.js";
import { bridgeSublayer } from "./hook.js";
import { smallParts } from "./testing/small-parts.js";

const { backbone, bridgeOf } = smallParts();
const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

describe.each(["per-block", "shared"] as const)("conformance, adapter %s", (adapter) => {
  const config = bridgeOf({ adapter });
  for (const check of testBridge(() => ({ bridge: freshBridge(config, 3), denoiser: backbone.denoiser }), {
    tokenWidth: config.tokenWidth,
  })) {
    test(check.name, () => check.run(runtime));
  }
});

describe("parameters", () => {
  test.each(["per-block", "shared"] as const)("are exactly what the hook adds to the denoiser's graph (%s)", (adapter) => {
    const bridge = freshBridge(bridgeOf({ adapter }), 1);
    const video = input("video", [1, 8, bridge.config["tokenWidth"] as number]);
    const plain = parametersOf(backbone.denoiser.graph({ frames: 6 }));
    const hooked = parametersOf(backbone.denoiser.graph({ frames: 6, hook: bridge.hook(video), extraInputs: [video] }));
    const added = [...hooked].filter(([name]) => !plain.has(name)).map(([name, { shape }]) => `${name} [${shape}]`);
    expect([...plain.keys()].filter((name) => !hooked.has(name))).toEqual([]);
    expect(added.sort()).toEqual(bridge.parameters.map(({ name, shape }) => `${name} [${shape}]`).sort());
  });

  test("one adapter for all blocks, or one for each", () => {
    const names = (adapter: BridgeConfig["adapter"]) => bridgeParameters(bridgeOf({ adapter })).map(({ name }) => name);
    expect(names("shared").filter((name) => name.includes("adapter"))).toEqual(["adapter.0.weight", "adapter.2.weight"]);
    expect(names("per-block").filter((name) => name.includes("adapter"))).toHaveLength(2 * backbone.denoiser.blocks);
  });

  test("start is keyed by the seed, with closed outputs and open norms", () => {
    const config = bridgeOf();
    const [a, b, c] = [freshBridge(config, 1), freshBridge(config, 1), freshBridge(config, 2)];
    const bytes = (bridge: typeof a, name: string) => {
      const stored = bridge.weights.get(name)?.bytes;
      return stored?.kind === "memory" ? Buffer.from(stored.bytes).toString("hex") : "";
    };
    for (const { name } of a.parameters) {
      expect(bytes(b, name)).toBe(bytes(a, name));
      if (name.endsWith("to_q.weight")) expect(bytes(c, name)).not.toBe(bytes(a, name));
      if (name.endsWith("to_out.weight")) expect(/^0+$/.test(bytes(a, name))).toBe(true);
      if (name.endsWith("norm.weight")) expect(bytes(a, name)).toMatch(/^(0000803f)+$/);
    }
  });
});

test("weights that are missing or of another shape are named", () => {
  const config = bridgeOf();
  const whole = Object.fromEntries(
    bridgeParameters(config).map(({ name, shape }): [string, PlainTensor] => [
      name,
      { dtype: "float32", shape, data: new Float32Array(shape.reduce((product, n) => product * n, 1)) },
    ]),
  );
  const { "blocks.1.to_q.weight": _missing, ...rest } = whole;
  expect(() => createBridge(config, memoryParameters(rest))).toThrow(/blocks\.1\.to_q\.weight/);
  const wrong = { ...whole, "blocks.0.norm.weight": { dtype: "float32", shape: [3], data: new Float32Array(3) } } as const;
  expect(() => createBridge(config, memoryParameters(wrong))).toThrow(/blocks\.0\.norm\.weight.*\[3\]/);
});

describe("positions", () => {
  const [rows, tokens, empty] = [5, 4, 3];
  const site = backbone.denoiser.sites(rows)[0] as BridgeSite;
  const numbers = (name: string, size: number, scale = 1) => {
    const random = createRandom(5, name);
    return Array.from({ length: size }, () => scale * random.normal());
  };
  const product = (shape: readonly number[]) => shape.reduce((total, n) => total * n, 1);

  /**
   * What the sublayer makes of fixed random numbers, in float64. Empty tokens have keys and values of zero wherever they
   * stand, so moving them from behind the video to its front moves the video and changes nothing else.
   */
  function run(config: BridgeConfig, audioShift: number, emptyFirst: boolean): Float64Array {
    const x = input("x", [1, site.prefixTokens + rows, site.width]);
    const video = input("video", [1, tokens + empty, config.tokenWidth]);
    const moved = { ...site, seconds: site.seconds.map((t) => t + audioShift) };
    const source = graph("site", [x, video], { y: bridgeSublayer(x, moved, video, config) });
    const seen = numbers("video", tokens * config.tokenWidth);
    const unseen = numbers("empty", empty * config.tokenWidth, 0);
    const feeds: Record<string, number[]> = {
      x: numbers("x", product(x.shape)),
      video: emptyFirst ? [...unseen, ...seen] : [...seen, ...unseen],
    };
    for (const [name, { shape }] of parametersOf(source)) feeds[name] = numbers(name, product(shape), shape.length > 1 ? 0.3 : 1);
    // With anchors an empty token has a key, and the padding of this test would weigh differently at either end.
    for (const name of Object.keys(feeds)) if (name.endsWith("_anchor")) feeds[name]?.fill(0);
    return (evaluate(source, feeds)["y"] as { data: Float64Array }).data;
  }
  const difference = (a: Float64Array, b: Float64Array) =>
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);

  test('"seconds": moving sound and picture by the same time changes nothing, moving one of them does', () => {
    const config = bridgeOf({ positions: "seconds" });
    const shift = empty / config.tokenRate;
    const base = run(config, 0, false);
    // Tables are float32, hence the tolerance; the changes below are five orders larger.
    expect(difference(run(config, shift, true), base)).toBeLessThan(1e-5);
    expect(difference(run(config, shift, false), base)).toBeGreaterThan(1e-2);
    expect(difference(run(config, 0, true), base)).toBeGreaterThan(1e-2);
  });

  test('"seconds": the tokens of one grid share their time', () => {
    const config = { ...bridgeOf({ positions: "seconds" }), tokensPerStep: 7 };
    expect(difference(run(config, 0, true), run(config, 0, false))).toBeLessThan(1e-12);
  });

  test('"index": seconds do not matter, places do', () => {
    const config = bridgeOf({ positions: "index" });
    const base = run(config, 0, false);
    expect(difference(run(config, 0.7, false), base)).toBe(0);
    expect(difference(run(config, empty / config.tokenRate, true), base)).toBeGreaterThan(1e-2);
  });

  test("the prefix row passes unchanged", () => {
    const config = bridgeOf();
    const base = run(config, 0, false);
    const given = numbers("x", product([site.prefixTokens + rows, site.width]));
    expect(Array.from(base.subarray(0, site.prefixTokens * site.width))).toEqual(given.slice(0, site.prefixTokens * site.width));
    expect(difference(base.subarray(site.width), Float64Array.from(given.slice(site.width)))).toBeGreaterThan(0.1);
  });
});

test("no gradient flows into the video tokens", () => {
  const config = bridgeOf();
  const site = backbone.denoiser.sites(2)[0] as BridgeSite;
  const x = input("x", [1, site.prefixTokens + 2, site.width]);
  const video = input("video", [1, 2, config.tokenWidth]);
  const y = bridgeSublayer(x, site, video, config);
  const loss = ops.sum(ops.square(y), [0, 1, 2]);
  const gradients = differentiate(graph("site", [x, video], { loss }), "loss", ["video", "blocks.0.to_q.weight"]);
  const feeds: Record<string, number[]> = {};
  for (const value of [...gradients.inputs, ...parametersOf(gradients).values()]) {
    const random = createRandom(6, value.name as string);
    feeds[value.name as string] = Array.from({ length: value.shape.reduce((a, b) => a * b, 1) }, () => random.normal());
  }
  const found = evaluate(gradients, feeds);
  const largest = (name: string) => Math.max(...(found[gradientName(name)] as { data: Float64Array }).data.map(Math.abs));
  expect(largest("video")).toBe(0);
  expect(largest("blocks.0.to_q.weight")).toBeGreaterThan(0);
});
