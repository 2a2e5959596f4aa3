/** A sound in a long silence: the packets that encoding all of it would have made, of which most are one. */
import { expect, it } from "vitest";
import { loadNativeCodecs } from "../node/native.js";
import { type EncodedSound, encodePackets, packetCount } from "./encode-packets.js";
import { encodePlaced } from "./encode-placed.js";
import { pcmSource } from "./pcm-source.js";
import { placed, streamOf } from "./sound-stream.js";

const native = await loadNativeCodecs();
const RATE = 48_000;
const tone = new Float32Array(RATE).map((_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / RATE));
const sound = () => streamOf(pcmSource({ sampleRate: RATE, channels: [tone] }, "pcm"));
const packetsOf = async ({ packets }: EncodedSound) => {
  const list = [];
  for await (const packet of packets) list.push(packet);
  return list;
};

it.skipIf(!native).each(["aac", "opus"] as const)(
  "%s has the packets that it has when all is encoded, at their times",
  async (codec) => {
    const place = { at: 2 * RATE + 123, length: 5 * RATE + 77 };
    const part = await encodePlaced({ ...place, sound: sound() }, codec);
    const whole = await encodePackets(placed(sound(), place.at, place.length), codec);
    const [partPackets, wholePackets] = [await packetsOf(part), await packetsOf(whole)];
    expect(partPackets.length).toBe(part.count);
    expect([part.count, wholePackets.length]).toEqual([whole.count, whole.count]);
    const times = (packets: readonly { timestamp: number; duration: number }[]) =>
      packets.flatMap(({ timestamp, duration }) => [timestamp, duration]).map((time) => Math.round(time * 1e5) / 1e5);
    expect(times(partPackets)).toEqual(times(wholePackets));
  },
);
it("a sound at the very end, beyond it, and at the start keep the length of the track", async () => {
  for (const at of [0, 3 * RATE, 4 * RATE - 5, 4 * RATE, 100 * RATE]) {
    const encoded = await encodePlaced({ sound: sound(), at, length: 4 * RATE }, "aac");
    const packets = await packetsOf(encoded);
    const last = packets.at(-1);
    expect(packets.length).toBe(encoded.count);
    expect((last?.timestamp ?? 0) + (last?.duration ?? 0)).toBeCloseTo(4, 6);
    packets.slice(1).forEach((packet, i) => {
      expect(packet.timestamp - (packets[i]?.timestamp ?? 0)).toBeCloseTo(1024 / RATE, 6);
    });
  }
});
it.skipIf(!native).each(["aac", "opus"] as const)("%s: how many packets there will be is known before", async (codec) => {
  for (const length of [1, 959, 960, 961, 1023, 1024, 1025, 2047, 2048, 48_000])
    expect((await packetsOf(await encodePackets(placed(sound(), 0, length), codec))).length).toBe(packetCount(codec, length));
});

it("an encoder that is left ends, and takes no more of the sound than is needed for what was read", async () => {
  let taken = 0;
  const long = {
    ...sound(),
    length: 1e9,
    blocks: (async function* () {
      for (; taken < 1000; taken++) yield [tone];
    })(),
  };
  const { packets } = await encodePackets(long, "aac");
  await packets.next();
  await packets.return();
  expect(taken).toBeLessThan(5);
});
