/** Tracks that nobody has seen happen: random times and strengths, with the prompt of a scene that no training has seen. */
import { createRandom, type EventTrack } from "@foley-control/core";
import { describeScene, IMPACT_CLASSES } from "@foley-control/scenes";
import { HELD_OUT_SEED } from "@foley-control/train";

/** Events per second of a track, at least and at most. */
const RATES = [1, 8] as const;
/** Events closer than this cannot be told apart in a sound, seconds. */
const SPACING = 0.08;
/** Least strength. */
const WEAKEST = 0.1;
/** What lies closer to an end is cut off, seconds. */
const EDGE = 0.1;
/** Seeds of the scenes whose captions are taken. */
const FIRST_SEED = HELD_OUT_SEED + 800_000;

/** One thing that is tried. */
export interface GivenTrack {
  readonly events: EventTrack;
  readonly prompt: string;
  /** Events per second. */
  readonly rate: number;
}

/** Track `index`, of `seconds`. */
export function givenTrack(index: number, seconds: number): GivenTrack {
  const random = createRandom(0, "given-events", index);
  const count = Math.max(1, Math.round(random.range(...RATES) * seconds));
  // Equal gaps, each with a random share of the room that the least spacing leaves.
  const room = seconds - 2 * EDGE - (count - 1) * SPACING;
  const places = Array.from({ length: count }, () => random.uniform() * room).sort((a, b) => a - b);
  const events = places.map((place, i) => ({
    time: EDGE + place + i * SPACING,
    strength: random.range(WEAKEST, 1),
    source: "person" as const,
  }));
  return { events, prompt: describeScene(FIRST_SEED + index, { classes: IMPACT_CLASSES }).caption, rate: count / seconds };
}
