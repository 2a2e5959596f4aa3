/**
 * What a word for a model means, where it is or comes from, under which licence it is, and how it is opened.
 * @module
 */
export { type AddedModel, addLocal, addOfHub } from "./node/add.js";
export { type AddedFile, type Addition, additionsPath, readAdditions, writeAdditions } from "./node/additions.js";
export { findHeld, type Held, heldModels } from "./node/held.js";
export { noticeOnce } from "./node/licences.js";
export { guessKnown, type HeldFile, isWeights, sizeOf } from "./node/local.js";
export { type AddedNamed, addNamed } from "./node/named.js";
export { obtainModel } from "./node/obtain.js";
export type { Obtained } from "./node/obtained.js";
export { isReleasedBackbone, openBackbone, openBridge, openVideoEncoder } from "./node/open.js";
export type { LicenceTerms, ModelOptions } from "./node/options.js";
export {
  type OpenedParts,
  openNamedBackbone,
  openNamedVideoEncoders,
  openParts,
  type PartNames,
  type PartOptions,
  poolingsOf,
} from "./node/parts.js";
export { type Finding, type VerifyOptions, verifyModel } from "./node/verify.js";
