/** Errors by which engines say that memory is used up, each in words of its own: of C++, of WebAssembly and of browsers. */
import { FoleyError } from "@foley-control/core";

const WORDS =
  /bad_alloc|out of memory|allocation (?:failed|size overflow)|failed to allocate|cannot enlarge memory|could not allocate|memory access out of bounds|\bOOM\b|invalid typed array length/i;

/** Whether an error says so. A number alone is a pointer to an exception of C++ that nobody translated, and those that ONNX Runtime lets through are of memory. */
export function isOutOfMemory(error: unknown): boolean {
  const message = error instanceof Error ? error.message : String(error);
  return WORDS.test(message) || /^\d+$/.test(message);
}

/** The error for people. */
export const tooLarge = (what: string, cause: unknown): FoleyError =>
  new FoleyError("unsupported", `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    hint: 'Take a smaller model, a shorter sound or precision "int8", or use it on Node; WebAssembly has 4 GiB for all networks that are loaded at once.',
    cause,
  });
