/**
 * Codes of matrices in headers of streams: as x264, x265 and libaom write them with scaling lists, fields, layers and buffers, in headers put together here of what
 * they never write, and in what is damaged.
 */
import { describe, expect, it } from "vitest";
import { matrixOfStream } from "./stream-matrix.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const two = (value: number): number[] => [value >> 8, value & 255];
const none = async (): Promise<Uint8Array> => new Uint8Array();

/** A configuration record with one unit. */
const record = {
  avc: (unit: Uint8Array) => Uint8Array.of(1, 100, 0, 10, 0xff, 0xe1, ...two(unit.length), ...unit, 0),
  hevc: (unit: Uint8Array) =>
    Uint8Array.of(
      ...new Uint8Array(21),
      0xff,
      2,
      32,
      ...two(1),
      ...two(4),
      64,
      1,
      12,
      1,
      33,
      ...two(1),
      ...two(unit.length),
      ...unit,
    ),
};

const inRecord = (codec: "avc" | "hevc", unit: Uint8Array) => matrixOfStream(codec, record[codec](unit), none);

/** Bits written as text: numbers of variable length are `n` with the number, others what they are. */
function written(text: string): number[] {
  const bits = text
    .split(/\s+/)
    .map((part) => {
      if (!part.startsWith("n")) return part;
      const plus = (Number(part.slice(1)) + 1).toString(2);
      return "0".repeat(plus.length - 1) + plus;
    })
    .join("");
  const out: number[] = [];
  // A start code must not come up in a unit.
  for (let i = 0; i < bits.length; i += 8) {
    const byte = Number.parseInt(bits.slice(i, i + 8).padEnd(8, "0"), 2);
    if (byte <= 3 && out.at(-1) === 0 && out.at(-2) === 0) out.push(3);
    out.push(byte);
  }
  return out;
}

const eight = (value: number): string => value.toString(2).padStart(8, "0");

/** From here on both say the same: flag of usability, shape 255 with its two numbers, overscan, kind of signal. */
const usability = (code: number): string =>
  `1 1 11111111 ${eight(0)} ${eight(64)} ${eight(0)} ${eight(45)} 1 0 1 101 1 1 ${eight(2)} ${eight(2)} ${eight(code)} 1`;

const fromEncoders = [
  ["x264, lists of scales", "avc", "6764000bacd942c4ec05a810103a000003000200000300641e28532c", 7],
  ["x264, 4:4:4 in full range", "avc", "67f4000a919b288f602dc080821000000300100000030320f1225960", 8],
  [
    "x264, fields and a buffer",
    "avc",
    "6764001eacd940b424dff80200016b50202044000003000400000300c9808007a10001e84e4c300f8a14cb",
    4,
  ],
  ["x264, ten bits, overscan", "avc", "677a000ab6cd94727888bc069408081d000003000100000300320f122596", 7],
  ["x264, a signal without colours", "avc", "6764000aacd9447b0148800000030080000019078912cb", undefined],
  ["x264, baseline", "avc", "6742c00ad9047b011000000300100000030320f1226480", undefined],
  ["x264, ICtCp", "avc", "6764000aacd9447b016a04041c800000030080000019078912cb", 14],
  [
    "x265, lists of scales",
    "hevc",
    "42010101600000030090000003000003003ca0162024596566924e5780b5020207040000030004000003006420",
    7,
  ],
  [
    "x265, three layers in time",
    "hevc",
    "42010101600000030090000003000003003ca016202459656264932bc05a810102020000030002000003003210",
    4,
  ],
  [
    "x265, fields and a buffer",
    "hevc",
    "4201010408000003004d0800000300003cb01620244d96566924caf016a04040e680000003008000000cb0064b2f000f420003d091",
    7,
  ],
  [
    "x265, a signal without colours",
    "hevc",
    "42010101600000030090000003000003003ca0162024596566924caf016808000003000800000300c840",
    undefined,
  ],
] as const;

describe("the matrix of a stream", () => {
  it.each(fromEncoders)("of %s", async (_, codec, hex, code) => {
    const unit = bytes(hex);
    expect(await inRecord(codec, unit)).toBe(code);
    // Among the pictures: behind a start code, or behind its length where the record has none.
    const other = codec === "avc" ? [9, 16] : [70, 1, 80];
    const annexB = Uint8Array.of(0, 0, 0, 1, ...other, 0, 0, 1, ...unit, 0, 0, 1, 101, 136, 132);
    expect(await matrixOfStream(codec, undefined, async () => annexB)).toBe(code);
    const empty = codec === "avc" ? Uint8Array.of(1, 100, 0, 10, 0xfd, 0xe0) : Uint8Array.of(...new Uint8Array(21), 0xfd, 0);
    const packet = Uint8Array.of(0, other.length, ...other, ...two(unit.length), ...unit, 0, 3, 101, 136, 132);
    expect(await matrixOfStream(codec, empty, async () => packet)).toBe(code);
  });
  it.each([
    [7, "0a0d00000002aff79b5f2204040e08"],
    [8, "0a0d00000002aff79b5f2204041008"],
    [undefined, "0a0b00000002aff79b5f204000"],
  ])("of libaom, code %s", async (code, hex) => {
    const packet = Uint8Array.of(0x12, 0, ...bytes(hex), 0x32, 2, 1, 2);
    expect(await matrixOfStream("av1", undefined, async () => packet)).toBe(code);
  });
  it("of AV1 with the times, the delays and the models of a decoder for two places to stop", async () => {
    const timing = `1 ${"0".repeat(31)}1 ${"0".repeat(30)}11 1 n4 1 00111 ${"0".repeat(32)} 01001 01010`;
    const points = `1 00001 ${"1".repeat(12)} 01001 1 1 ${"10".repeat(8)} 0 1 1001 ${"0".repeat(12)} 00101 0 0`;
    const size = "0110 0101 1111111 111111 1 0010 001 000";
    const tools = "0000 1 11 0 1 0 1 110";
    const header = written(`010 0 0 ${timing} ${points} ${size} ${tools} 000 1 1 0 1 ${eight(2)} ${eight(2)} ${eight(7)} 1`);
    const content = header.filter((byte, i) => !(byte === 3 && header[i - 1] === 0 && header[i - 2] === 0));
    const packet = Uint8Array.of(0x0e, 0x20, content.length | 128, 0, ...content);
    expect(await matrixOfStream("av1", undefined, async () => packet)).toBe(7);
  });
  it("of H.264 with an order of pictures that goes in circles, and lists of scales that end early", async () => {
    const lists = `1 1 n1 n2 ${"n0 ".repeat(14)} 1 n16 ${"0 ".repeat(6)}`;
    const circle = `n1 0 n7 n8 n255 ${"n3 ".repeat(255)}`;
    const text = `${eight(100)} ${eight(0)} ${eight(30)} n0 n1 n2 n2 0 ${lists} n4 ${circle} n3 0 n19 n14 0 1 1 1 n0 n1 n0 n2 ${usability(7)}`;
    expect(await inRecord("avc", Uint8Array.of(0x67, ...written(text)))).toBe(7);
  });
  it("of H.265 with lists of scales, whole blocks, and sets of pictures that are said by what is different in them", async () => {
    const profile = "0".repeat(96);
    const coefficients = (size: number): string => `1 ${size > 1 ? "n9 " : ""}${"n2 ".repeat(Math.min(64, 16 << (2 * size)))}`;
    const lists = [0, 1, 2, 3].map((size) => `0 n0 ${coefficients(size).repeat(size === 3 ? 1 : 5)}`).join(" ");
    // Two before, one after; then the same but for one; then one that has all, and one more.
    const sets = "n3 n2 n1 n0 1 n1 1 n0 0 1 0 n0 1 1 00 1 1 1 n3 1 1 1 1";
    const text = `0000 001 1 ${profile} 11 ${"00".repeat(7)} ${"0".repeat(96)} n0 n3 0 n175 n143 1 n0 n1 n2 n3 n2 n2 n4 1 n1 n2 n3 n4 n5 n6
      n0 n3 n0 n3 n1 n1 1 1 ${lists} 1 1 1 0111 0111 n0 n1 1 ${sets} 1 n2 ${"0".repeat(8)} 1 ${"1".repeat(8)} 0 1 1 ${usability(8)}`;
    expect(await inRecord("hevc", Uint8Array.of(0x42, 1, ...written(text)))).toBe(8);
  });
  it("is not known of what is cut off, damaged, or not read here", async () => {
    for (const [, codec, hex, code] of fromEncoders) {
      const unit = bytes(hex);
      for (let length = 0; length < unit.length; length++)
        expect([undefined, code]).toContain(await inRecord(codec, unit.subarray(0, length)));
      const packet = Uint8Array.of(0, 0, 1, ...unit);
      for (let bit = 0; bit < 8 * packet.length; bit++) {
        const damaged = packet.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (128 >> (bit & 7));
        const found = await matrixOfStream(codec, undefined, async () => damaged);
        expect(found === undefined || (found >= 0 && found < 256)).toBe(true);
      }
    }
    for (const codec of ["vp8", "prores", ""]) expect(await matrixOfStream(codec, undefined, none)).toBeUndefined();
  });
  it("costs little however large the claims are: no end of zeros, ones, circles and units", async () => {
    const large = 1 << 20;
    const started = performance.now();
    for (const fill of [0, 1, 0x67, 0x42, 0x55, 0xff])
      for (const codec of ["avc", "hevc", "av1"]) {
        const data = new Uint8Array(large).fill(fill);
        for (const head of [
          [0, 0, 1, 0x67],
          [0, 0, 1, 0x42],
          [0, 0, 0, 0x67],
          [0x0a, 0xff],
        ]) {
          data.set(head);
          expect(await matrixOfStream(codec, undefined, async () => data)).toSatisfy((code) => code === undefined || code < 256);
          expect(await matrixOfStream(codec, data, async () => data)).toSatisfy((code) => code === undefined || code < 256);
        }
      }
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
