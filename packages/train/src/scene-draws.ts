/** Which scenes a training sees and what they sound of. Everything is keyed by (seed, stage, step), so that a resumed run sees what a straight one sees. */
import { createRandom, type Random } from "@foley-control/core";
import { type DescribeOptions, describeScene, type SceneClass, SOLID_MATERIALS } from "@foley-control/scenes";

/** Scene seeds below this are for training, those from here on for validation and evaluation. */
export const HELD_OUT_SEED = 1_000_000_000;

/** Classes of which a share of the scenes is drawn: those that are learnt slowest. */
export interface Emphasis {
  /** The classes. */
  readonly classes: readonly SceneClass[];
  /** In 0..1; the rest is drawn from all classes. */
  readonly share: number;
  /** First step that has it. Default 0. */
  readonly from?: number;
}

/** Classes whose sound goes on for as long as one likes. */
const LASTING: readonly SceneClass[] = ["rain", "engine", "scrape", "roll"];
/** Classes that sound again and again. */
const REPEATING: readonly SceneClass[] = ["bounce", "strike", "collide", "footsteps", "drip", "tick"];

/** A scene that a stretch is cut from: half of them last. */
export const stretched = (scene: DrawnScene, random: Random): DrawnScene => ({
  ...scene,
  classes: random.chance(0.5) ? LASTING : REPEATING,
});

/** How the scenes of a step are drawn. */
export interface SceneDraws {
  /** Of the training. */
  readonly seed: number;
  /** Scenes per step. */
  readonly batch: number;
  /** So many scenes there are, {@link trainingScene} by number. Default: one for every seed. */
  readonly pool?: number | undefined;
  readonly emphasis?: Emphasis | undefined;
}

/** A scene: its seed, and the classes that it is of where not all may be. */
export interface DrawnScene extends Pick<DescribeOptions, "classes"> {
  readonly seed: number;
}

/** Seed of scene `index` of a training: what a bridge is prepared on, and what the denoiser hears. */
export const trainingScene = (seed: number, index: number): number =>
  createRandom(seed, "dataset", index).integer(0, HELD_OUT_SEED);

/** The scenes of a step, and where further numbers of the step come from. */
export function drawScenes(
  stage: string,
  step: number,
  { seed, batch, pool, emphasis }: SceneDraws,
): { readonly scenes: readonly DrawnScene[]; readonly random: Random } {
  const random = createRandom(seed, stage, step);
  const emphasised = emphasis !== undefined && step >= (emphasis.from ?? 0);
  const scenes = Array.from({ length: batch }, () => {
    const drawn = random.integer(0, pool ?? HELD_OUT_SEED);
    const scene = { seed: pool === undefined ? drawn : trainingScene(seed, drawn) };
    return emphasised && random.chance(emphasis.share) ? { ...scene, classes: emphasis.classes } : scene;
  });
  return { scenes, random };
}

/**
 * Share of scenes whose sound is that of another material than the one that is seen, with a caption that names what
 * sounds: so a bridge cannot take the material from the picture and the prompt keeps its say.
 */
export const REVOICED_SHARE = 0.5;

/** What a scene is rendered with to be heard: in half of the scenes another material than the one that is seen. */
export function heardAs(scene: DrawnScene, seconds: number, seed: number): DescribeOptions {
  const seen = { seconds, ...(scene.classes && { classes: scene.classes }) };
  const random = createRandom(seed, "heardMaterial", scene.seed);
  const revoiced = random.chance(REVOICED_SHARE) && describeScene(scene.seed, seen).contradiction !== null;
  return revoiced ? { ...seen, material: random.pick(SOLID_MATERIALS) } : seen;
}
