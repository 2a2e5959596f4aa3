/** A transport stream's clock has 33 bits of 90 kHz and goes round in 26.5 hours: a recording across that moment is as long as any other. */
import { describe, expect, it } from "vitest";
import { fixtureBytes } from "../../test/node-world.js";
import { loadNativeCodecs } from "../node/native.js";
import { openMedia } from "../node.js";

const native = await loadNativeCodecs();

const inside = { isolation: "none" } as const;
/** Bytes of a packet, and ticks after which the clock begins anew. */
const [PACKET, ROUND] = [188, 2 ** 33];

/** The stream with all its times later by so many ticks. */
function later(stream: Uint8Array<ArrayBuffer>, ticks: number): Uint8Array<ArrayBuffer> {
  const bytes = stream.slice();
  for (let at = 0; at + PACKET <= bytes.length; at += PACKET) {
    const byte = (place: number): number => bytes[place] as number;
    const payload = at + 4 + (byte(at + 3) & 0x20 ? 1 + byte(at + 4) : 0);
    const begins = byte(at + 1) & 0x40 && byte(payload) === 0 && byte(payload + 1) === 0 && byte(payload + 2) === 1;
    if (!begins || payload + 19 > at + PACKET) continue;
    for (let i = 0; i < [0, 0, 1, 2][byte(payload + 7) >> 6]!; i++) {
      const time = payload + 9 + 5 * i;
      const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((place) => byte(time + place)) as [number, number, number, number, number];
      const was = ((a >> 1) & 7) * 2 ** 30 + b * 2 ** 22 + (c >> 1) * 2 ** 15 + d * 2 ** 7 + (e >> 1);
      const now = (was + ticks) % ROUND;
      const part = (shift: number, bits: number): number => Math.floor(now / 2 ** shift) % 2 ** bits;
      bytes.set([(a & 0xf1) | (part(30, 3) << 1), part(22, 8), (part(15, 7) << 1) | 1, part(7, 8), (part(0, 7) << 1) | 1], time);
    }
  }
  return bytes;
}

describe("a recording during which the clock goes round", () => {
  it("is as long as it was", async () => {
    const stream = await fixtureBytes("h264-aac.ts");
    using file = await openMedia(stream, inside);
    const first = Math.round(file.info.origin * 90_000);
    using across = await openMedia(later(stream, ROUND - first - 90_000), inside);
    for (const part of ["video", "audio"] as const) {
      expect(across.info[part]?.start).toBeCloseTo(file.info[part]?.start as number, 4);
      expect(across.info[part]?.duration).toBeCloseTo(file.info[part]?.duration as number, 4);
    }
    expect(across.info.origin).toBeCloseTo(-1, 4);
    expect(across.info.warnings).toEqual([]);
    if (!native) return;
    const shown = async (each: typeof file): Promise<string[]> => {
      const pictures: string[] = [];
      for await (const { rgb } of each.frames({ size: [8, 16], fps: 8 })) pictures.push(rgb.join());
      return pictures;
    };
    expect(await shown(across)).toEqual(await shown(file));
    using made = await openMedia(
      await across.replaceAudio({ sampleRate: 48_000, channels: [new Float32Array(48_000)] }, { container: "mp4" }),
      inside,
    );
    expect(made.info.video?.duration).toBeCloseTo(file.info.video?.duration as number, 2);
  });
});
