/**
 * An independent ear: discriminants (`trainClassifier`) over {@link soundFeatures}, learned from rendered sounds that went through the
 * codec, so that it judges what the model makes and not what the codec leaves out. It has never heard a generated sound, nor a scene of
 * the training or of the evaluation.
 */
import { createRandom } from "@foley-control/core";
import {
  describeScene,
  MATERIALS,
  type Material,
  renderAudio,
  SCENE_CLASSES,
  type SceneClass,
  SOLID_MATERIALS,
} from "@foley-control/scenes";
import { HELD_OUT_SEED } from "@foley-control/train";
import { type Classifier, predict, trainClassifier } from "./classifier.js";
import type { Journal } from "./journal.js";
import { type Observation, observe } from "./observation.js";
import type { Subject } from "./subject.js";

/** Sounds of each class that a listener learns from when none are asked for. */
export const DEFAULT_LISTENER_CLIPS = 100;
/** Nearly linear: a covariance of its own has little weight, for a class has hardly more examples than there are features. */
const NEARLY_LINEAR = { pooling: 0.95, ridge: 0.05 } as const;
/** Seeds of neither training nor evaluation. */
const FIRST_SEED = 2 * HELD_OUT_SEED;
/** Seeds per round over the classes; at least as many as there are classes. */
const SEEDS_PER_ROUND = 16;

/** What a trained listener hears. */
export interface Listener {
  /** The most probable of all scene classes. */
  classOf(heard: Observation): SceneClass;
  /** The most probable of all materials. */
  materialOf(heard: Observation): Material;
}

/** A sound that a listener learns from. */
interface Lesson {
  readonly seed: number;
  readonly class: SceneClass;
  readonly material: Material;
}

/** Whether a scene of this class says of which material it sounds. */
export const hasMaterial = (sceneClass: SceneClass): boolean => sceneClass !== "engine" && sceneClass !== "silent-motion";

/** As many scenes of every class; every second one sounds of a solid material by chance, so that class and material tell apart. */
function lessons(clips: number): Lesson[] {
  return Array.from({ length: clips }, (_, round) =>
    SCENE_CLASSES.map((name, k) => {
      const seed = FIRST_SEED + round * SEEDS_PER_ROUND + k;
      const scene = describeScene(seed, { classes: [name] });
      const random = createRandom(seed, "listener");
      const exchanged = scene.contradiction !== null && random.chance(0.5);
      return { seed, class: name, material: exchanged ? random.pick(SOLID_MATERIALS) : scene.material };
    }),
  ).flat();
}

/** Learns; lessons that the journal knows are not rendered again. */
export async function trainListener(
  subject: Subject,
  journal: Journal,
  clips: number,
  onProgress: (done: number, total: number) => void,
): Promise<Listener> {
  const all = lessons(clips);
  const heard: Observation[] = [];
  for (const lesson of all) {
    heard.push(await learn(subject, lesson, journal));
    onProgress(heard.length, all.length);
  }
  const fit = (chosen: readonly number[], label: (lesson: Lesson) => string): Classifier =>
    trainClassifier(
      chosen.map((i) => rowOf(heard[i] as Observation)),
      chosen.map((i) => label(all[i] as Lesson)),
      NEARLY_LINEAR,
    );
  const indices = all.map((_, i) => i);
  const classes = fit(indices, (lesson) => lesson.class);
  const materials = fit(
    indices.filter((i) => hasMaterial((all[i] as Lesson).class)),
    (lesson) => lesson.material,
  );
  const most = <T extends string>(classifier: Classifier, names: readonly T[], observation: Observation): T => {
    const { label } = predict(classifier, rowOf(observation));
    return names.find((name) => name === label) as T;
  };
  return {
    classOf: (observation) => most(classes, SCENE_CLASSES, observation),
    materialOf: (observation) => most(materials, MATERIALS, observation),
  };
}

async function learn(subject: Subject, { seed, class: name, material }: Lesson, journal: Journal): Promise<Observation> {
  const key = `listener/${name}/${seed}`;
  const known = journal.get<Observation>(key);
  if (known) return known;
  const { audio } = renderAudio(seed, { classes: [name], material, sampleRate: subject.sampleRate });
  const observation = observe(await subject.rebuild(audio), subject.sampleRate);
  journal.add(key, observation);
  return observation;
}

const rowOf = ({ features }: Observation): number[] => features.map((value) => value ?? Number.NaN);
