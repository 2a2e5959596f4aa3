/**
 * The contracts that make parts swappable. Each carries a `specificationVersion`; each has a conformance suite in
 * `@foley-control/core/testing`.
 */
export type * from "./audio-backbone.js";
export type * from "./audio-codec.js";
export type * from "./bridge.js";
export type * from "./denoiser.js";
export type * from "./encoders.js";
export type * from "./events.js";
export type * from "./metric.js";
export type * from "./parameters.js";
export type * from "./runtime.js";
export type * from "./solver-name.js";
export type * from "./time-shift.js";
