/** Files of bridges: other configurations in the metadata, and bytes that changed. */
import { type BridgeConfig, freshBridge, loadBridge, saveBridge } from "@foley-control/bridge";
import type { BridgeSite } from "@foley-control/core";
import { graph, input, parametersOf } from "@foley-control/graph";
import { parseSafetensors, writeSafetensors } from "@foley-control/weights";
import { mutated } from "../mutate.js";
import { changedJsonText } from "../mutate-json.js";
import type { Family } from "./family.js";

const config: BridgeConfig = {
  ...{ version: 1, backbone: "backbone@1", encoder: "encoder@1", blocks: 2, width: 16, headWidth: 8 },
  ...{ tokenWidth: 10, tokenRate: 8, tokensPerStep: 1, adapterHidden: 20, positions: "seconds", adapter: "per-block" },
};
const right = saveBridge(freshBridge(config, 1));
const { names, tensor } = parseSafetensors(right);
const tensors = Object.fromEntries(names().map((name) => [name, tensor(name)]));

/** Bridges. */
export const bridges: Family = (random) => {
  const bytes = random.chance(0.3)
    ? mutated(random, right, { others: [right] })
    : writeSafetensors(tensors, { config: changedJsonText(random, config) });
  return { kind: "bridge", size: bytes.length, run: async () => use(bytes) };
};

/** Opens it and puts it into a network. */
function use(bytes: Uint8Array): void {
  const bridge = loadBridge(bytes);
  const { width, headWidth, tokenWidth } = bridge.config as unknown as BridgeConfig;
  const site: BridgeSite = { block: 0, width, heads: width / headWidth, headWidth, prefixTokens: 1, seconds: [0, 0.1, 0.2] };
  const x = input("x", [1, 4, width]);
  const video = input("video", [1, 3, tokenWidth]);
  parametersOf(graph("site", [x, video], { y: bridge.hook(video)(x, site) }));
}
