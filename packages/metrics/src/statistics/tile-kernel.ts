/**
 * The innermost loop of a matrix product as a WebAssembly function of some 250 bytes, assembled here: two numbers per instruction halve the
 * time of the same loop in JavaScript, and every product and sum is rounded in the same order. Opcodes are those of the WebAssembly
 * specification 2.0 (§5.4, "Instructions").
 */

/** Rows and columns of a tile. */
export const TILE = 4;
/** Bytes of a WebAssembly page. */
const PAGE = 65_536;

/** The kernel with the memory that it works on. */
interface TileKernel {
  /** Arrays of so many numbers each, in the kernel's memory; the next call takes the same memory again. */
  reserve(...counts: readonly number[]): readonly Float64Array[];
  /**
   * Σ_k a[k·4 + i]·b[k·4 + j] for all i, j below 4, into 16 numbers.
   *
   * @param a - byte where the panel of the left begins
   * @param b - byte where the panel of the right begins
   * @param end - byte where the panel of the left ends
   * @param out - byte of the first of the 16
   */
  readonly multiply: (a: number, b: number, end: number, out: number) => void;
}

let made: TileKernel | undefined;

/** The one kernel of this thread; its memory stays as large as the largest product needed (8 MB at 2048 columns). */
export function tileKernel(): TileKernel {
  made ??= makeKernel();
  return made;
}

function makeKernel(): TileKernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(assembled()), { "": { memory } });
  return {
    reserve(...counts) {
      const bytes = 8 * counts.reduce((sum, count) => sum + count, 0);
      const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
      if (missing > 0) memory.grow(missing);
      let at = 0;
      return counts.map((count) => {
        const view = new Float64Array(memory.buffer, at, count);
        at += 8 * count;
        return view;
      });
    },
    multiply: instance.exports["multiply"] as TileKernel["multiply"],
  };
}

/** Parameters, then locals: eight sums of two numbers, then what is loaded. */
const [A, B, END, OUT, SUMS] = [0, 1, 2, 3, 4] as const;
const [LEFT, RIGHT] = [SUMS + 8, SUMS + 9] as const;
const [I32, V128] = [0x7f, 0x7b] as const;
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
/** An instruction on vectors at an address, aligned to 8 bytes. */
const at = (opcode: number, offset: number) => [0xfd, opcode, 3, offset];
const load = (offset: number) => at(0x00, offset);
const loadTwice = (offset: number) => at(0x0a, offset);
const store = (offset: number) => at(0x0b, offset);
const ADD = [0xfd, 0xf0, 0x01];
const MULTIPLY = [0xfd, 0xf2, 0x01];
const forward = (pointer: number) => [...get(pointer), 0x41, 8 * TILE, 0x6a, ...tee(pointer)];

function assembled(): Uint8Array<ArrayBuffer> {
  const body = [
    ...[0x03, 0x40], // loop
    ...get(B),
    ...load(0),
    ...set(RIGHT),
    ...get(B),
    ...load(16),
    ...set(RIGHT + 1),
    ...[0, 1, 2, 3].flatMap((row) => [
      ...get(A),
      ...loadTwice(8 * row),
      ...set(LEFT),
      ...[0, 1].flatMap((pair) => {
        const sum = SUMS + 2 * row + pair;
        return [...get(sum), ...get(LEFT), ...get(RIGHT + pair), ...MULTIPLY, ...ADD, ...set(sum)];
      }),
    ]),
    ...[...forward(B), 0x1a], // drop
    ...forward(A),
    ...[...get(END), 0x49], // below, unsigned
    ...[0x0d, 0x00, 0x0b], // again if so; end of the loop
    ...Array.from({ length: 8 }, (_, sum) => [...get(OUT), ...get(SUMS + sum), ...store(16 * sum)]).flat(),
    0x0b,
  ];
  const code = [1, RIGHT + 2 - SUMS, V128, ...body];
  const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
  const sized = (bytes: readonly number[]) => [(bytes.length & 0x7f) | 0x80, bytes.length >> 7, ...bytes];
  const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 4, I32, I32, I32, I32, 0]), // one type: four addresses, no result
    ...section(2, [1, ...text(""), ...text("memory"), 2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("multiply"), 0, 0]),
    ...section(10, [1, ...sized(code)]),
  ]);
}
