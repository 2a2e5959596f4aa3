/** ImageBind as the evaluation uses it: picture and sound, a row each: the mean over the clips, not brought to length 1 again. */
import { FoleyError } from "@foley-control/core";
import type { Square } from "@foley-control/video-encoder";
import { pickTimes } from "../../frontends/frame-picks.js";
import type { Rows } from "../../statistics/rows.js";
import { describeNetwork } from "../descriptor.js";
import { hears, meanRow, sees } from "../senses.js";
import { IMAGEBIND_INPUT, IMAGEBIND_RELEASE, imagebind } from "./imagebind.js";
import { imagebindMel } from "./mel.js";
import { IMAGEBIND_FRAME_RATE, imagebindPixels, imagebindSquares } from "./pictures.js";

/** ImageBind, for the IB score. Its weights are for non-commercial use only. */
export const imagebindNetwork = describeNetwork({
  name: "imagebind",
  releases: [IMAGEBIND_RELEASE],
  gives: { sound: { imagebind: 1024 }, video: { imagebind: 1024 } },
  open({ weights, heads }) {
    const { vision, audio } = imagebind(weights, heads);
    return {
      sound: hears(
        audio,
        async (sound, _, run) => {
          const mel = imagebindMel(sound);
          const { clips } = await run({ batch: mel.shape[0] as number }, { mel }, { clips: "embedding" });
          return { imagebind: meanRow(clips) };
        },
        { whole: true },
      ),
      video: sees(vision, IMAGEBIND_FRAME_RATE, async (frames, looks, run) => {
        const pairs = pickTimes(looks).length + 1 - IMAGEBIND_INPUT.frames;
        if (pairs < 1)
          throw new FoleyError(
            "invalid-argument",
            `A clip of ${looks.seconds} s is too short for ImageBind; expected at least 4 s.`,
            { hint: "Leave the clip out of this metric, or evaluate longer ones." },
          );
        let before: readonly Square[] | undefined;
        let sum: Float64Array | undefined;
        for await (const frame of frames) {
          const now = imagebindSquares(frame);
          if (before) {
            const { clips } = await run(
              { batch: now.length },
              { pixels: imagebindPixels([before, now]) },
              { clips: "embedding" },
            );
            const { count, width, data }: Rows = clips;
            sum ??= new Float64Array(width);
            for (let i = 0; i < data.length; i++) sum[i % width]! += data[i]! / (count * pairs);
          }
          before = now;
        }
        const data = sum as Float64Array;
        return { imagebind: { count: 1, width: data.length, data } };
      }),
    };
  },
});
