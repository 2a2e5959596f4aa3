/** All networks that metrics look through: adding one is its own folder and a line here. */
import { audioboxNetwork } from "./audiobox/network.js";
import type { NetworkDescriptor } from "./descriptor.js";
import { imagebindNetwork } from "./imagebind/network.js";
import { laionClapNetwork } from "./laion-clap/network.js";
import { msClapNetwork } from "./ms-clap/network.js";
import { pannsNetwork } from "./panns/network.js";
import { passtNetwork } from "./passt/network.js";
import { synchformerNetwork } from "./synchformer/network.js";
import { vggishNetwork } from "./vggish/network.js";

/** All networks, in the order in which papers print their metrics. */
export const metricNetworks: readonly NetworkDescriptor[] = [
  vggishNetwork,
  pannsNetwork,
  passtNetwork,
  imagebindNetwork,
  synchformerNetwork,
  laionClapNetwork,
  msClapNetwork,
  audioboxNetwork,
];
