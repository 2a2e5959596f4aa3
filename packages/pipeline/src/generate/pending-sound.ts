/** Sound that waits for the window after it. */
import { joined } from "./join.js";

/** What a window made finished, and where it meets the one before. */
export interface PendingSound {
  /** Takes what a window made from its joint on; the first `finished` samples of it are given back, with the passage from the window before. */
  add(
    channels: readonly Float32Array[],
    finished: number,
  ): { readonly channels: readonly Float32Array[]; readonly joint: number | undefined };
}

/** Sound of windows; of the stretch where the next one takes over it waits for that one. */
export function pendingSound(sampleRate: number): PendingSound {
  let waiting: readonly Float32Array[] | undefined;
  return {
    add(channels, finished) {
      const shared = waiting?.[0]?.length ?? 0;
      const again = channels.map((channel) => channel.subarray(0, shared));
      const passage = waiting && joined(waiting, again, sampleRate);
      const whole = channels.map((channel, index) => {
        const out = channel.slice();
        if (passage) out.set(passage.channels[index] as Float32Array);
        return out;
      });
      waiting = whole.map((channel) => channel.slice(finished));
      return { channels: whole.map((channel) => channel.subarray(0, finished)), joint: passage?.at };
    },
  };
}
