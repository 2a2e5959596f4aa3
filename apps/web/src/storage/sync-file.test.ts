/** Writing through handles that take less than they are given, lose bytes, or are full. */
import { expect, test } from "vitest";
import { isFull } from "./disk.js";
import { patchAt, readRange, type SyncFile, writeFrom } from "./sync-file.js";

/** A file that takes and gives at most `most` bytes at once, holds `capacity`, and may lie. */
function file({ most = 7, capacity = 1e9, spoil = (bytes: Uint8Array) => bytes } = {}): SyncFile & { content(): Uint8Array } {
  let content = new Uint8Array();
  const resize = (size: number): void => {
    const next = new Uint8Array(size);
    next.set(content.subarray(0, size));
    content = next;
  };
  return {
    content: () => content,
    read(buffer, { at }) {
      const piece = content.subarray(at, at + Math.min(most, buffer.length));
      buffer.set(piece);
      return piece.length;
    },
    write(buffer, { at }) {
      // As WebKit does: the whole buffer, whatever the view.
      const whole = new Uint8Array(buffer.buffer);
      const piece = whole.subarray(0, Math.max(0, Math.min(most, whole.length, capacity - at)));
      if (at + piece.length > content.length) resize(at + piece.length);
      content.set(spoil(piece), at);
      return piece.length;
    },
    truncate: resize,
    getSize: () => content.length,
    flush: () => undefined,
  };
}

const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);

test("parts that are views of larger buffers are written exactly, from where it is said, and what was behind is gone", () => {
  const one = file();
  expect(writeFrom(one, 0, [bytes])).toBe(100);
  expect(writeFrom(one, 10, [bytes.subarray(50, 60), bytes.subarray(0, 3)])).toBe(23);
  expect([...one.content()]).toEqual([...bytes.subarray(0, 10), ...bytes.subarray(50, 60), 0, 1, 2]);
  expect([...readRange(one, 8, 99)]).toEqual([8, 9, ...bytes.subarray(50, 60), 0, 1, 2]);
  expect(writeFrom(one, 1000, [bytes.subarray(0, 1)])).toBe(24);
});

test("bytes are put in the middle, before and behind: what lies around them stays, and a gap is zeros", () => {
  const one = file();
  patchAt(one, 3, bytes.subarray(1, 3));
  expect([...one.content()]).toEqual([0, 0, 0, 1, 2]);
  patchAt(one, 1, bytes.subarray(9, 11));
  patchAt(one, 6, bytes.subarray(7, 8));
  expect([...one.content()]).toEqual([0, 9, 10, 1, 2, 0, 7]);
  expect(() => patchAt(file({ capacity: 30 }), 20, bytes)).toThrow(expect.toSatisfy(isFull));
});

test("a file that is full says so; one that keeps something else than it was given is found out", () => {
  expect(() => writeFrom(file({ capacity: 30 }), 0, [bytes])).toThrow(expect.toSatisfy(isFull));
  const lying = file({ spoil: (piece) => piece.map((byte) => (byte === 42 ? 0 : byte)) });
  expect(() => writeFrom(lying, 0, [bytes])).toThrow(/not what is there/);
});
