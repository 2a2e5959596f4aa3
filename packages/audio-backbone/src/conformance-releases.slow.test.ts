/** The contract's own suite on backbones of other makes: tiny releases of Stable Audio Open and of Stable Audio 3, and a denoiser from an ONNX file. */
import { fileURLToPath } from "node:url";
import { testAudioBackbone } from "@foley-control/core/testing";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, beforeAll, describe, test } from "vitest";
import { openOnnxBackbone } from "./onnx/onnx-file.js";
import { smallBackbone, smallBackboneConfig } from "./small.js";
import { releaseFolders } from "./stable-audio/release.test-support.js";
import { stableAudioOpen } from "./stable-audio/release-folder.js";
import { stableAudio3Folder } from "./stable-audio-3/release.test-support.js";
import { stableAudio3 } from "./stable-audio-3/release-folder.js";
import { randomWeights } from "./testing.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
const { at, writeRelease } = releaseFolders();
const third = stableAudio3Folder();
beforeAll(async () => {
  await writeRelease("t5-base", "sao-tiny/t5-tiny", ["config.json", "tokenizer.json"]);
  await writeRelease("tiny", "sao-tiny");
  await writeRelease("small", "sao-small-tiny");
});
afterAll(() => runtime.dispose());

/** The small backbone as it ships, with random numbers: what the ONNX file takes its text encoder and codec from. */
function base() {
  const config = smallBackboneConfig(["a", "cup", "dog", "fall"]);
  const bare = smallBackbone({ names: () => [], get: () => undefined }, config);
  const size = { frames: 4 };
  const graphs = [bare.text.graph(), bare.conditionGraph(size), bare.codec.encodeGraph(size), bare.codec.decodeGraph(size)];
  return smallBackbone(randomWeights(graphs), config);
}
const onnx = fileURLToPath(new URL("../../../examples/own-denoiser/denoiser.onnx", import.meta.url));

describe.each([
  ["Stable Audio Open 1.0", () => stableAudioOpen(at("tiny"))],
  ["Stable Audio Open Small", () => stableAudioOpen(at("small"))],
  ["Stable Audio 3", () => stableAudio3(third.at())],
  ["an ONNX file", () => openOnnxBackbone(onnx, { base: base() })],
])("%s", (_name, make) => {
  for (const check of testAudioBackbone(make)) test(check.name, () => check.run(runtime));
});
