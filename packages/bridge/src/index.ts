/**
 * The video cross-attention bridge of Foley Control.
 * @module
 */
export { bridgeParameters, createBridge, freshBridge, initialiseBridge } from "./bridge.js";
export {
  type BridgeConfig,
  bridgeConfig,
  type TokenMaker,
  type TokenSource,
  type TokenTimes,
  tokenSeconds,
  tokenSource,
  tokenSources,
} from "./config.js";
export { assertFits, BRIDGE_FORMAT, bridgeConfigCheck, bridgeFromSource, loadBridge, saveBridge } from "./file.js";
export { bridgeSublayer, PHASE_RATE } from "./hook.js";
export { BRIDGE_RELEASE } from "./release.js";
export { packedSize, packTokens, type TokenPart, unpackTokens } from "./tokens.js";
