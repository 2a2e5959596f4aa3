/** Synchformer as the evaluation uses it: a row for each 0.64 s of picture and of sound, and how far both are apart. */

import { type Square, SYNCHFORMER_SEGMENT, synchformerPixels, synchformerSquare } from "@foley-control/video-encoder";
import { plainMono } from "../../frontends/sound.js";
import { DESYNC_SEGMENT_SAMPLES, desyncWindows } from "../../statistics/desync.js";
import type { Rows } from "../../statistics/rows.js";
import { describeNetwork } from "../descriptor.js";
import { hears, joins, sees } from "../senses.js";
import { synchformerMel } from "./mel.js";
import { SYNCHFORMER_RELEASE, synchformer } from "./synchformer.js";

/** Synchformer, for DeSync. */
export const synchformerNetwork = describeNetwork({
  name: "synchformer",
  releases: [SYNCHFORMER_RELEASE],
  gives: { sound: { synchformer: 6 * 768 }, video: { synchformer: 8 * 768 }, pair: { synchformer: 21 } },
  open({ weights, heads }) {
    const { video, audio, head } = synchformer(weights, heads);
    return {
      sound: hears(audio, (sound, seconds, run) => {
        desyncWindows(seconds);
        const mel = synchformerMel(plainMono(sound, seconds, DESYNC_SEGMENT_SAMPLES.rate));
        return run({ batch: mel.shape[0] as number }, { mel }, { synchformer: "features" });
      }),
      video: sees(video, SYNCHFORMER_SEGMENT.rate, async (frames, { seconds }, run) => {
        desyncWindows(seconds);
        const { length, step } = SYNCHFORMER_SEGMENT;
        const kept: Square[] = [];
        const rows: Rows[] = [];
        for await (const frame of frames) {
          kept.push(synchformerSquare(frame));
          if (kept.length < length) continue;
          const { segment } = await run({}, { pixels: synchformerPixels(kept, 0, 1) }, { segment: "features" });
          rows.push(segment);
          kept.splice(0, step);
        }
        const width = rows[0]?.width ?? 0;
        const data = new Float32Array(rows.length * width);
        for (const [i, row] of rows.entries()) data.set(row.data, i * width);
        return { synchformer: { count: rows.length, width, data } };
      }),
      pair: joins(head, ["video/synchformer", "generated/synchformer"], (parts, seconds, run) => {
        const { first, last } = desyncWindows(seconds);
        const [seen, heard] = parts.map(({ width, data }) =>
          Float32Array.from([first, last].flatMap(([from, to]) => [...data.subarray(from * width, to * width)])),
        ) as [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
        return run({ batch: 2 }, { video: seen, audio: heard }, { synchformer: "logits" });
      }),
    };
  },
});
