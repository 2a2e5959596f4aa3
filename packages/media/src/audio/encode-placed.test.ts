/** A sound in a long silence: the packets that encoding all of it would have made, of which most are one. */
import { expect, it } from "vitest";
import { loadNativeCodecs } from "../node/native.js";
import { encodePackets } from "./encode-packets.js";
import { encodePlaced, laidOut } from "./encode-placed.js";

const native = await loadNativeCodecs();
const RATE = 48_000;
const tone = new Float32Array(RATE).map((_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / RATE));
const pcm = { sampleRate: RATE, channels: [tone] };

it.skipIf(!native).each(["aac", "opus"] as const)(
  "%s has the packets that it has when all is encoded, at their times",
  async (codec) => {
    const placed = { pcm, at: 2 * RATE + 123, length: 5 * RATE + 77 };
    const [part, whole] = [await encodePlaced(placed, codec), await encodePackets(laidOut(placed), codec)];
    expect([...part.packets].length).toBe(part.count);
    expect(part.count).toBe(whole.count);
    const times = (packets: Iterable<{ timestamp: number; duration: number }>) =>
      [...packets].flatMap(({ timestamp, duration }) => [timestamp, duration]).map((time) => Math.round(time * 1e5) / 1e5);
    expect(times(part.packets)).toEqual(times(whole.packets));
  },
);
it("a sound at the very end, beyond it, and at the start keep the length of the track", async () => {
  for (const at of [0, 3 * RATE, 4 * RATE - 5, 4 * RATE, 100 * RATE]) {
    const sound = await encodePlaced({ pcm, at, length: 4 * RATE }, "aac");
    const packets = [...sound.packets];
    const last = packets.at(-1);
    expect(packets.length).toBe(sound.count);
    expect((last?.timestamp ?? 0) + (last?.duration ?? 0)).toBeCloseTo(4, 6);
    packets.slice(1).forEach((packet, i) => {
      expect(packet.timestamp - (packets[i]?.timestamp ?? 0)).toBeCloseTo(1024 / RATE, 6);
    });
  }
});
