/**
 * Typed arrays of the same bytes are equal, told by one look at the bytes: vitest goes number by number, which takes seconds for the samples
 * of a clip. Arrays that differ are left to vitest, which says where.
 */
import { expect } from "vitest";

expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))
      return undefined;
    const bytes = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    return bytes(a).equals(bytes(b)) ? true : undefined;
  },
]);
