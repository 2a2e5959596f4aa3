/**
 * Conformance suites: what each contract promises, as lists of named checks for any test runner.
 *
 * @example
 * describe("my encoder", () => {
 *   for (const check of testVideoEncoder(() => myEncoder())) it(check.name, () => check.run(runtime));
 * });
 * @module
 */
export { testAudioBackbone } from "./testing/backbone.js";
export { type BridgeTestOptions, testBridge } from "./testing/bridge.js";
export type { ConformanceCheck, MaybePromise } from "./testing/check.js";
export { testAudioCodec } from "./testing/codec.js";
export { type DenoiserTestOptions, testDenoiser } from "./testing/denoiser.js";
export { testTextEncoder, testVideoEncoder } from "./testing/encoders.js";
export { type MetricTestOptions, testMetric } from "./testing/metric.js";
export { testRuntime } from "./testing/runtime.js";
