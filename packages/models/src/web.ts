/**
 * Opening models from files that a page was given.
 * @module
 */
export { type OpenBackboneFilesOptions, openBackboneFiles } from "./web/open.js";
