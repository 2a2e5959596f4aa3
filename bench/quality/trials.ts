/** What is asked of a model: which scene, with which picture and which prompt. */
import {
  CONTINUOUS_CLASSES,
  describeScene,
  IMPACT_CLASSES,
  type Material,
  type SceneClass,
  type SceneDescription,
} from "@foley-control/scenes";
import { HELD_OUT_SEED } from "@foley-control/train";

/**
 * How a scene is given to the model. `video`: its own picture and caption. `other video`: the picture of another scene. `no video`: the
 * caption alone. `contradicting prompt`: a caption that names another material than the one that is seen. `no prompt`: the picture
 * alone. `rendered`: nothing is generated, the scene's own sound goes through the codec: the most that can be reached.
 */
export const CONDITIONS = ["video", "other video", "no video", "contradicting prompt", "no prompt", "rendered"] as const;
/** One of {@link CONDITIONS}. */
export type Condition = (typeof CONDITIONS)[number];

/** Groups of scenes, and the conditions that each is tried in. */
export const PARTS = {
  impacts: ["video", "other video", "no video", "contradicting prompt", "rendered"],
  continuous: ["video", "no video", "rendered"],
  silent: ["video", "no prompt", "rendered"],
} as const satisfies Record<string, readonly Condition[]>;
/** One of {@link PARTS}. */
export type Part = keyof typeof PARTS;

/** One thing that is tried. */
export interface Trial {
  readonly part: Part;
  readonly condition: Condition;
  /** Of the noise that sampling starts from. */
  readonly index: number;
  readonly scene: SceneDescription;
  /** From which the scene's class was drawn. */
  readonly classes: readonly SceneClass[];
  /** Seed and classes of the scene whose picture is seen; `undefined` without picture. */
  readonly picture: { readonly seed: number; readonly classes: readonly SceneClass[] } | undefined;
  readonly prompt: string;
  /** What the prompt says it sounds like. */
  readonly wanted: Material;
}

/** Scenes of each part that go with `impacts` scenes with impacts. */
export const sceneCounts = (impacts: number): Readonly<Record<Part, number>> => ({
  impacts,
  continuous: CONTINUOUS_CLASSES.length * Math.ceil(impacts / 10),
  silent: Math.ceil(impacts / 5),
});

const FIRST_SEED: Readonly<Record<Part, number>> = {
  impacts: HELD_OUT_SEED,
  continuous: HELD_OUT_SEED + 600_000,
  silent: HELD_OUT_SEED + 700_000,
};
/** Pictures of `other video`. */
const FIRST_OTHER_SEED = HELD_OUT_SEED + 500_000;

function classesOf(part: Part, index: number): readonly SceneClass[] {
  if (part === "impacts") return IMPACT_CLASSES;
  if (part === "silent") return ["silent-motion"];
  return [CONTINUOUS_CLASSES[index % CONTINUOUS_CLASSES.length] as SceneClass];
}

/** Every trial of the parts and conditions that are wanted, scene by scene. */
export function planTrials(
  impacts: number,
  parts: readonly Part[] = Object.keys(PARTS) as Part[],
  conditions: readonly Condition[] = CONDITIONS,
): Trial[] {
  const counts = sceneCounts(impacts);
  return parts.flatMap((part) =>
    Array.from({ length: counts[part] }, (_, index) => {
      const classes = classesOf(part, index);
      const scene = describeScene(FIRST_SEED[part] + index, { classes });
      return PARTS[part]
        .filter((condition) => conditions.includes(condition))
        .flatMap((condition) => trialOf(part, condition, index, scene, classes));
    }).flat(),
  );
}

function trialOf(
  part: Part,
  condition: Condition,
  index: number,
  scene: SceneDescription,
  classes: readonly SceneClass[],
): Trial[] {
  const own = {
    part,
    condition,
    index,
    scene,
    classes,
    picture: { seed: scene.seed, classes },
    prompt: scene.caption,
    wanted: scene.material,
  };
  switch (condition) {
    case "video":
    case "rendered":
      return [own];
    case "other video":
      return [{ ...own, picture: { seed: FIRST_OTHER_SEED + index, classes } }];
    case "no video":
      return [{ ...own, picture: undefined }];
    case "no prompt":
      return [{ ...own, prompt: "" }];
    case "contradicting prompt":
      return scene.contradiction ? [{ ...own, prompt: scene.contradiction.caption, wanted: scene.contradiction.material }] : [];
  }
}
