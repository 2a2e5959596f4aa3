/** The suites themselves: they accept small correct parts, and each deliberate mistake is noticed by the check it belongs to. */
import { describe, expect, it } from "vitest";
import type { Bridge } from "../contracts/index.js";
import type { Graph, GraphValue } from "../graph-value.js";
import { memoryParameters } from "../parameters.js";
import {
  type ConformanceCheck,
  testAudioBackbone,
  testAudioCodec,
  testBridge,
  testDenoiser,
  testMetric,
  testRuntime,
  testTextEncoder,
  testVideoEncoder,
} from "../testing.js";
import {
  apply,
  backbone,
  bridgeWith,
  codec,
  conditionWith,
  denoiserWith,
  input,
  loudness,
  sounds,
  textEncoder,
  videoEncoder,
  weightsOf,
} from "./toy-parts.test-support.js";
import { javaScriptRuntime, type Mistakes } from "./toy-runtime.test-support.js";

/** Names of the checks that fail. */
async function failures(checks: readonly ConformanceCheck[]): Promise<string[]> {
  const runtime = javaScriptRuntime();
  const failed: string[] = [];
  for (const check of checks) {
    await check.run(runtime).catch((error: unknown) => failed.push(`${check.name}: ${(error as Error).message}`));
  }
  return failed;
}

describe("correct parts pass", () => {
  it.each<[string, readonly ConformanceCheck[]]>([
    ["testRuntime", testRuntime(() => javaScriptRuntime())],
    ["testVideoEncoder", testVideoEncoder(() => videoEncoder)],
    ["testTextEncoder", testTextEncoder(() => textEncoder)],
    ["testAudioCodec", testAudioCodec(() => codec)],
    ["testDenoiser", testDenoiser(() => denoiserWith())],
    ["testAudioBackbone", testAudioBackbone(async () => backbone)],
    ["testBridge", testBridge(() => ({ bridge: bridgeWith(), denoiser: denoiserWith() }), { tokenWidth: 5 })],
    ["testMetric", testMetric(() => loudness, sounds)],
  ])("%s", async (_name, checks) => {
    expect(checks.length).toBeGreaterThan(2);
    expect(await failures(checks)).toEqual([]);
  });

  it("asks for a runtime where one is needed", async () => {
    const check = testVideoEncoder(() => videoEncoder).find(({ needsRuntime }) => needsRuntime);
    await expect(check?.run()).rejects.toThrow(/needs a runtime/);
  });
});

describe("mistakes are noticed", () => {
  let calls = 0;
  const onRuntime = (mistakes: Mistakes) => testRuntime(() => javaScriptRuntime(mistakes));
  const onBridge = (bridge: Bridge) => testBridge(() => ({ bridge, denoiser: denoiserWith() }), { tokenWidth: 5 });
  const graphOf = (change: (graph: Graph) => Graph) => (options: { frames: number; batch?: number }) =>
    change(videoEncoder.graph(options));
  it.each<[string, readonly ConformanceCheck[], RegExp]>([
    ["a runtime that ignores the signal", onRuntime({ ignoreSignal: true }), /signal's reason/],
    ["a runtime that works after dispose", onRuntime({ ignoreDispose: true }), /disposed of twice/],
    ["a runtime that drifts", onRuntime({ drift: true }), /the same every time/],
    ["a runtime that takes any input", onRuntime({ skipInputChecks: true }), /mis-shaped inputs/],
    ["a runtime whose self-test fails", onRuntime({ failSelfTest: true }), /says what it is/],
    ["a runtime that invents weights", onRuntime({ zeroMissingWeights: true }), /missing and mis-shaped weights/],
    ["a wrong token rate", testVideoEncoder(() => ({ ...videoEncoder, tokenRate: 16 })), /follow from its rates/],
    [
      "a wrong number of tokens per step",
      testVideoEncoder(() => ({ ...videoEncoder, tokensPerStep: 2 })),
      /follow from its rates/,
    ],
    [
      "pixels of another size",
      testVideoEncoder(() => ({ ...videoEncoder, preprocess: () => new Float32Array(17) })),
      /pictures of any shape/,
    ],
    [
      "pixels that do not depend on the picture",
      testVideoEncoder(() => ({ ...videoEncoder, preprocess: () => new Float32Array(18) })),
      /pictures of any shape/,
    ],
    [
      "contacts in no cell",
      testVideoEncoder(() => ({ ...videoEncoder, contacts: { cells: [0, 2], threshold: 0, spacing: 0.1, lag: 0 } })),
      /contacts\.cells is 0/,
    ],
    [
      "a level beyond the tokens",
      testVideoEncoder(() => ({ ...videoEncoder, contacts: { cells: [1, 2], threshold: 0, spacing: 0.1, lag: 0, level: 5 } })),
      /contacts\.level is 5, none of the 5 channels/,
    ],
    ["a wrong token width", testVideoEncoder(() => ({ ...videoEncoder, tokenWidth: 6 })), /follow from its rates/],
    [
      "a deviation of 0",
      testVideoEncoder(() => ({ ...videoEncoder, normalisation: { mean: [0, 0, 0], std: [1, 1, 0] } })),
      /normalisation/,
    ],
    [
      "weights that lack a parameter",
      testVideoEncoder(() => ({ ...videoEncoder, weights: memoryParameters({}) })),
      /holds every parameter/,
    ],
    [
      "an encoder that sees nothing",
      testVideoEncoder(() => ({
        ...videoEncoder,
        weights: weightsOf({ w: [5] }, () => 0),
      })),
      /depend on the picture/,
    ],
    [
      "an input of another name",
      testVideoEncoder(() => ({
        ...videoEncoder,
        graph: graphOf((graph) => ({ ...graph, inputs: [input("frames", graph.inputs[0]?.shape ?? [])] })),
      })),
      /follow from its rates/,
    ],
    [
      "a tokeniser that throws on long text",
      testTextEncoder(() => ({
        ...textEncoder,
        tokenise: (text) => {
          if (text.length > 1000) throw new Error("too long");
          return textEncoder.tokenise(text);
        },
      })),
      /however long/,
    ],
    [
      "padding that is not zero",
      testTextEncoder(() => ({
        ...textEncoder,
        graph: (options) => {
          const graph = textEncoder.graph(options);
          const { tokens } = graph.outputs as { tokens: GraphValue };
          const small: GraphValue = { kind: "constant", dtype: "float32", shape: [1], data: Float32Array.of(1e-30) };
          return { ...graph, outputs: { tokens: apply("Add", [tokens, small], tokens.shape) } };
        },
      })),
      /exact zeros/,
    ],
    ["a latent rate that does not follow from the hop", testAudioCodec(() => ({ ...codec, latentRate: 2001 })), /fit together/],
    ["a decode context that is too short", testAudioCodec(() => ({ ...codec, decodeContext: 0 })), /exactly as the whole/],
    ["a chunk that is all context", testAudioCodec(() => ({ ...codec, decodeChunk: 2 })), /fit together/],
    ["a block without a hook", testDenoiser(() => denoiserWith("skips-hook")), /once per site/],
    ["a residual that goes around the hook", testDenoiser(() => denoiserWith("bypass")), /all its consumers/],
    ["hooks in the wrong order", testDenoiser(() => denoiserWith("wrong-order")), /in order/],
    ["extra inputs that get lost", testDenoiser(() => denoiserWith("ignores-extra")), /extra inputs/],
    [
      "a codec of other latents",
      testAudioBackbone(() => ({ ...backbone, codec: { ...codec, latentChannels: 8 } })),
      /joins parts that fit/,
    ],
    [
      "positions at another rate",
      testAudioBackbone(() => ({ ...backbone, codec: { ...codec, latentRate: 1000, hop: 8 } })),
      /joins parts that fit/,
    ],
    [
      "latents that do not cover the clip",
      testAudioBackbone(() => ({ ...backbone, frames: () => 3 })),
      /covers that with latents: frames\(.*\) cover/,
    ],
    [
      "noise levels that rise",
      testAudioBackbone(() => ({
        ...backbone,
        sampling: () => ({ solver: "euler", steps: 2, guidanceScale: 1, levels: () => [0.5, 0.6, 0] }),
      })),
      /do not fall/,
    ],
    [
      "conditions on what nobody gives",
      testAudioBackbone(() => ({ ...backbone, conditionGraph: conditionWith("reads-more") })),
      /reads "mood", which nobody gives/,
    ],
    [
      "a condition that is missing",
      testAudioBackbone(() => ({ ...backbone, conditionGraph: conditionWith("gives-less") })),
      /the condition graph gives context/,
    ],
    [
      "dropped text that is heard",
      testAudioBackbone(() => ({ ...backbone, conditionGraph: conditionWith("leaks") })),
      /context with textKept 0/,
    ],
    ["a bridge that does not start at zero", onBridge(bridgeWith({ start: 0.01 })), /bit-identical when fresh/],
    ["a parameter that is not listed", onBridge(bridgeWith({ listed: ["out.0"] })), /exactly its own parameters/],
    ["a bridge that adds something for zero tokens", onBridge(bridgeWith({ constant: true })), /exactly nothing for zero tokens/],
    ["a bridge that touches the prefix", onBridge(bridgeWith({ constant: true })), /prefix rows/],
    [
      "a metric of the other direction",
      testMetric(() => ({ ...loudness, direction: "lower" as const }), sounds),
      /in its direction/,
    ],
    ["a metric that wanders", testMetric(() => ({ ...loudness, compute: () => ++calls }), sounds), /the same every time/],
    [
      "a metric that sorts its input",
      testMetric(() => ({ ...loudness, compute: (inputs) => loudness.compute(inputs.map((values) => values.sort())) }), sounds),
      /leaves its inputs alone/,
    ],
  ])("%s", async (_name, checks, expected) => {
    expect(await failures(checks)).toContainEqual(expect.stringMatching(expected));
  });
});
