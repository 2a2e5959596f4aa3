/** Everything that a pipeline does, in one part: what a page loads once it does something, and not before it can be used. */
export { findEvents } from "./find-events.js";
export { generate } from "./generate.js";
export { prepare } from "./prepare.js";
export { streamSound } from "./stream.js";
