/**
 * Which models are known, how their files are laid out, and under which licence they are. What needs files is in `/node`.
 * @module
 */
export {
  KNOWN_MODELS,
  type KnownModel,
  knownModel,
  type ModelKind,
  modelFiles,
  NAMED_MODELS,
  namedModel,
  RELEASES,
} from "./registry.js";
