/** The contracts' own suites on a miniature of the small backbone. */
import { testAudioBackbone, testAudioCodec, testDenoiser, testTextEncoder } from "@foley-control/core/testing";
import { nodeRuntime } from "@foley-control/runtime/node";
import { afterAll, describe, test } from "vitest";
import { tinyBackbone } from "./testing.js";

const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
afterAll(() => runtime.dispose());

describe.each([
  ["text encoder", testTextEncoder(() => tinyBackbone().text)],
  ["codec", testAudioCodec(() => tinyBackbone().codec)],
  ["denoiser", testDenoiser(() => tinyBackbone().denoiser)],
  ["backbone", testAudioBackbone(tinyBackbone)],
])("%s", (_part, checks) => {
  for (const check of checks) test(check.name, () => check.run(runtime));
});
