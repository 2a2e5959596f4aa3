// The metrics of video-to-audio generation, as av-benchmark, MMAudio and Foley Control report them.

export { PANNS_RELEASE, type PannsOptions, panns } from "./networks/panns.js";
export { PASST_INPUT, PASST_RELEASE, type PasstOptions, passt } from "./networks/passt.js";
export type { MetricNetwork, NetworkRelease } from "./networks/release.js";
export { VGGISH_EXAMPLE, VGGISH_RELEASE, type VggishOptions, vggish } from "./networks/vggish.js";
