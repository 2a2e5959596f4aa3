/** One trial: the sound is made, looked at, and written down. */
import { renderAudio, SCENE_VERSION } from "@foley-control/scenes";
import { type CodecDistance, codecDistance } from "./codec-distance.js";
import { FEATURE_VERSION } from "./features.js";
import type { Journal } from "./journal.js";
import { type Observation, observe } from "./observation.js";
import type { Subject } from "./subject.js";
import type { Trial } from "./trials.js";

/** What came of a trial. */
export interface Hearing {
  readonly heard: Observation;
  /** Of `rendered`: what the codec changed. */
  readonly distance?: CodecDistance;
  /** Seconds that the whole trial took. */
  readonly seconds: number;
}

/** A trial that is done. */
export interface HeardTrial extends Hearing {
  readonly trial: Trial;
}

/** Of what is written down; another one is measured anew. */
export const ANALYSIS_VERSION = `scenes ${SCENE_VERSION}, features ${FEATURE_VERSION}`;

/** Name of a trial in a journal. */
export const nameOf = ({ part, condition, scene }: Trial): string => `${part}/${condition}/${scene.seed}`;

/** Does a trial, unless the journal knows it. */
export async function hear(subject: Subject, trial: Trial, journal: Journal): Promise<HeardTrial> {
  const known = journal.get<Hearing>(nameOf(trial));
  if (known) return { trial, ...known };
  const begun = performance.now();
  const made = trial.condition === "rendered" ? await rendered(subject, trial) : { samples: await subject.generate(trial) };
  const { samples, ...rest } = made;
  const hearing: Hearing = {
    heard: observe(samples, subject.sampleRate),
    ...rest,
    seconds: Number(((performance.now() - begun) / 1000).toFixed(3)),
  };
  journal.add(nameOf(trial), hearing);
  return { trial, ...hearing };
}

async function rendered(subject: Subject, { scene, classes }: Trial) {
  const { audio } = renderAudio(scene.seed, { classes, sampleRate: subject.sampleRate });
  const samples = await subject.rebuild(audio);
  return { samples, distance: codecDistance(audio, samples) };
}
