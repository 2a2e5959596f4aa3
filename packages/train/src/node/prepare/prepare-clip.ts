/** One clip: read, scored, held against the rules, and encoded if it passes. */
import type { Picture, PlainTensor } from "@foley-control/core";
import { type SegmentPixels, type ShownPicture, segmentPixels, shownSize } from "@foley-control/video-encoder";
import type { ClipRow } from "../../data/clip-row.js";
import { type ClipEvidence, type ClipScorer, EVIDENCE_PICTURES_PER_SECOND } from "../../data/clip-scorer.js";
import { pictureScorer } from "../../data/picture-scores.js";
import { type ClipScores, type FixedRule, fulfils } from "../../data/rules.js";
import { soundScores } from "../../data/sound-scores.js";
import type { Tensors } from "../shard-rows.js";
import type { LoadedParts, Look } from "./parts.js";
import { type PlannedClip, reasonOf } from "./plan-clips.js";

/** What {@link prepareClip} needs besides the clip. */
export interface ClipWork {
  readonly loaded: LoadedParts;
  readonly rules: readonly FixedRule[];
  readonly scorers: readonly ClipScorer[];
  readonly signal?: AbortSignal | undefined;
}

/** A clip with its outcome; features only when it is prepared. */
export interface WorkedClip {
  readonly row: ClipRow;
  readonly features?: Tensors;
}

/** Prepares one clip. A file that cannot be used gives a row that says why. */
export async function prepareClip({ row, file }: PlannedClip, work: ClipWork): Promise<WorkedClip> {
  const { signal, rules } = work;
  let scores: ClipScores | undefined;
  const refused = (rule: FixedRule): WorkedClip => ({
    row: {
      ...row,
      outcome: "rejected",
      scores,
      reason: `${rule.score} is ${scores?.[rule.score] ?? "not known"}, not ${rule.text}`,
    },
  });
  try {
    using media = await file.open({ signal });
    const { video, audio } = media.info;
    const span = { start: row.start, duration: row.seconds, signal };
    const sound = await media.audio(span);
    const [first, ...beside] = work.loaded.looks as readonly [Look, ...Look[]];
    const { encoder } = first;
    const size = shownSize(encoder, [video?.height ?? 0, video?.width ?? 0]);
    const scorer = pictureScorer(encoder.frameRate);
    const wantsPictures = work.scorers.some(({ needs }) => needs.includes("pictures"));
    const every = Math.max(1, Math.round(encoder.frameRate / EVIDENCE_PICTURES_PER_SECOND));
    const pictures: Picture[] = [];
    async function* shown(): AsyncGenerator<ShownPicture, void, undefined> {
      const duration = first.pictures / encoder.frameRate;
      for await (const frame of media.frames({
        ...span,
        duration,
        fps: encoder.frameRate,
        size,
        fit: "fill",
        takes: encoder.takes,
      })) {
        const picture = { rgb: frame.rgb, height: size[0], width: size[1] };
        scorer.add(picture, frame.repeated);
        if (wantsPictures && frame.index % every === 0) pictures.push({ ...picture, rgb: frame.rgb.slice() });
        yield frame;
      }
    }
    // Tokens that are known are the same whatever else is asked of a clip; nothing is drawn where nobody looks at it.
    const known = media.tokens?.(encoder, first.steps);
    const looking = !known || rules.length > 0 || work.scorers.length > 0;
    const segments: SegmentPixels[] = [];
    if (looking) for await (const segment of segmentPixels(encoder, shown(), size)) if (!known) segments.push(segment);
    scores = rounded({
      fps: video?.fps ?? null,
      width: video?.width ?? null,
      height: video?.height ?? null,
      sampleRate: audio?.sampleRate ?? null,
      // What lies before 0 is filling of the sound's encoder, which no player plays.
      avOffsetMs: video && audio ? (Math.max(0, audio.start) - Math.max(0, video.start)) * 1000 : null,
      ...soundScores(sound.channels, sound.sampleRate),
      ...(looking && scorer.scores()),
    });
    const cheap = rules.find((rule) => rule.score in (scores as ClipScores) && !fulfils(scores as ClipScores, rule));
    if (cheap) return refused(cheap);
    const evidence: ClipEvidence = { text: row.texts[0] ?? "", sound, pictures };
    for (const { id, compute } of work.scorers) scores = { ...scores, ...rounded({ [id]: compute([evidence]) }) };
    const broken = rules.find((rule) => !fulfils(scores as ClipScores, rule));
    if (broken) return refused(broken);
    const seen: (readonly SegmentPixels[] | PlainTensor<"float32">)[] = [known ?? segments];
    for (const { encoder: other, pictures: count, steps } of beside) {
      const shownTo = shownSize(other, [video?.height ?? 0, video?.width ?? 0]);
      const reading = {
        ...span,
        duration: count / other.frameRate,
        fps: other.frameRate,
        size: shownTo,
        fit: "fill",
        takes: other.takes,
      } as const;
      const told = media.tokens?.(other, steps);
      const windows: SegmentPixels[] = [];
      if (!told) for await (const segment of segmentPixels(other, media.frames(reading), shownTo)) windows.push(segment);
      seen.push(told ?? windows);
    }
    return {
      row: { ...row, outcome: "prepared", scores },
      features: await work.loaded.features(sound, seen, { signal }),
    };
  } catch (error) {
    return { row: { ...row, outcome: "failed", ...(scores && { scores }), reason: reasonOf(error, file, signal) } };
  }
}

/** Five digits say all that a score can tell; what is not finite is none. */
const rounded = (scores: ClipScores): ClipScores =>
  Object.fromEntries(
    Object.entries(scores).map(([name, value]) => [
      name,
      value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(5)),
    ]),
  );
