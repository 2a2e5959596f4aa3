/**
 * The video cross-attention bridge of Foley Control.
 * @module
 */
export { bridgeParameters, createBridge, freshBridge, initialiseBridge } from "./bridge.js";
export { type BridgeConfig, bridgeConfig } from "./config.js";
export { bridgeSublayer, PHASE_RATE } from "./hook.js";
