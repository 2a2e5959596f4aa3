/** Audiobox Aesthetics as the evaluation uses it: the whole of what counts at 16 kHz, in windows of 10 s. */
import { durationOf, plainMono } from "../../frontends/sound.js";
import { describeNetwork } from "../descriptor.js";
import { hears } from "../senses.js";
import {
  AUDIOBOX_AXES,
  AUDIOBOX_HUB_RELEASE,
  AUDIOBOX_RELEASE,
  AUDIOBOX_SAMPLE_RATE,
  audiobox,
  audioboxScores,
  audioboxTransform,
  audioboxWindows,
} from "./audiobox.js";

/** Audiobox Aesthetics, for PQ, CE, CU and PC. */
export const audioboxNetwork = describeNetwork({
  name: "audiobox",
  releases: [AUDIOBOX_RELEASE, AUDIOBOX_HUB_RELEASE],
  gives: { sound: { audiobox: AUDIOBOX_AXES.length } },
  open({ weights, stated, heads }) {
    const transform = stated === undefined ? undefined : audioboxTransform(stated);
    return {
      ...(transform && { settings: { audioboxTransform: transform } }),
      sound: hears(audiobox(weights, heads), async (sound, seconds, run) => {
        const samples = plainMono(sound, Math.min(seconds, durationOf(sound)), AUDIOBOX_SAMPLE_RATE);
        const { wave, valid, weights: shares } = audioboxWindows(samples);
        const { raw } = await run({ batch: shares.length }, { wave, valid }, { raw: "raw" });
        const scores = audioboxScores(raw.data, shares, transform);
        return {
          audiobox: { count: 1, width: AUDIOBOX_AXES.length, data: Float64Array.from(AUDIOBOX_AXES, (axis) => scores[axis]) },
        };
      }),
    };
  },
});
