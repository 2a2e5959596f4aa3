/** Whether a sound is of what it should be of, as the listener hears it. */
import { IMPACT_CLASSES, type SceneClass } from "@foley-control/scenes";
import type { HeardTrial } from "./hearing.js";
import { hasMaterial, type Listener } from "./listener.js";
import { CONDITIONS, PARTS, type Part } from "./trials.js";

/**
 * Classes whose sound is made in one and the same way, separate contacts of a body that rings: only rhythm and strength tell them apart
 * (`soundBodies` of the scenes).
 */
const CONTACTS: ReadonlySet<SceneClass> = new Set(["bounce", "strike", "collide", "drip"]);
const kindOf = (name: SceneClass): string => (CONTACTS.has(name) ? "contacts" : name);

/** Shares of clips that are heard right. */
export interface RecognitionRow {
  readonly of: string;
  readonly clips: number;
  /** Of all scene classes. */
  readonly class: number;
  /** The same where bounce, strike, collide and drip count as one. */
  readonly kind: number;
  /** Of all materials, among the clips whose class has one. */
  readonly material: number;
  /** Class and, where there is one, material. */
  readonly both: number;
  /** Kind and, where there is one, material. */
  readonly kindAndMaterial: number;
  /** Heard as the material that is seen, where the prompt names another. */
  readonly asSeen: number | undefined;
  /** The most frequent mistakes about the class. */
  readonly mistakes: readonly string[];
}

/** A row per part and condition, then one per impact class with its own video and rendered. */
export function recognitionRows(all: readonly HeardTrial[], listener: Listener): RecognitionRow[] {
  const judged = all.map(({ heard, trial }) => ({
    trial,
    class: listener.classOf(heard),
    material: listener.materialOf(heard),
  }));
  type Judged = (typeof judged)[number];
  const row = (of: string, set: readonly Judged[]): RecognitionRow[] => {
    if (set.length === 0) return [];
    const share = (right: (one: Judged) => boolean, among: readonly Judged[] = set) => among.filter(right).length / among.length;
    const named = ({ trial }: Judged) => hasMaterial(trial.scene.class);
    const classRight = (one: Judged) => one.class === one.trial.scene.class;
    const kindRight = (one: Judged) => kindOf(one.class) === kindOf(one.trial.scene.class);
    const materialRight = (one: Judged) => one.material === one.trial.wanted;
    const contradicted = set.filter(({ trial }) => trial.wanted !== trial.scene.material);
    return [
      {
        of,
        clips: set.length,
        class: share(classRight),
        kind: share(kindRight),
        material: share(materialRight, set.filter(named)),
        both: share((one) => classRight(one) && (!named(one) || materialRight(one))),
        kindAndMaterial: share((one) => kindRight(one) && (!named(one) || materialRight(one))),
        asSeen:
          contradicted.length > 0 ? share(({ material, trial }) => material === trial.scene.material, contradicted) : undefined,
        mistakes: mistakesOf(set.filter((one) => !classRight(one)).map((one) => `${one.trial.scene.class} → ${one.class}`)),
      },
    ];
  };
  return [
    ...(Object.keys(PARTS) as Part[]).flatMap((part) =>
      CONDITIONS.filter((condition) => condition !== "other video").flatMap((condition) =>
        row(
          `${part}, ${condition}`,
          judged.filter(({ trial }) => trial.part === part && trial.condition === condition),
        ),
      ),
    ),
    ...(["video", "rendered"] as const).flatMap((condition) =>
      IMPACT_CLASSES.flatMap((name) =>
        row(
          `${name}, ${condition}`,
          judged.filter(({ trial }) => trial.scene.class === name && trial.condition === condition),
        ),
      ),
    ),
  ];
}

function mistakesOf(pairs: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6)
    .map(([pair, count]) => `${pair} ${count}`);
}
