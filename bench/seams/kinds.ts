/** What the seams are heard in: lasting sounds, in words that the embedded model was trained on, and impacts of given events. */
import { createRandom, type EventTrack } from "@foley-control/core";

/** What one sound is made of. */
export interface Asked {
  readonly prompt: string;
  readonly seed: number;
  readonly duration: number;
  readonly events?: EventTrack;
}

/** Sounds without contacts. */
export const LASTING = {
  rain: ["rain falling on a metal roof", "rain on a lake", "the sound of rain on a wooden roof", "rain drumming on stone"],
  engine: ["an engine running", "the sound of a running motor", "a machine humming and revving", "a noisy engine"],
  scraping: [
    "a metal box scraping on the floor",
    "dragging a large stone block on the ground",
    "a wooden crate scraping on a hard surface",
    "sliding a plate made of glass on a table",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Everything that can be asked for. */
export type Kind = keyof typeof LASTING | "impacts";
/** Names of all kinds. */
export const KINDS: readonly Kind[] = ["rain", "engine", "scraping", "impacts"];

const STRUCK = ["a hammer hits a metal plate", "striking a wooden box", "a mallet hits a cup made of ceramic"] as const;
/** Mean distance of given events, seconds; it varies by this and leaves `APART_SECONDS` between two. */
const [EVERY_SECONDS, APART_SECONDS] = [0.6, 0.2];

/** The nth sound of a kind. */
export function askedFor(kind: Kind, index: number, duration: number): Asked {
  const prompts: readonly string[] = kind === "impacts" ? STRUCK : LASTING[kind];
  const asked = { prompt: prompts[index % prompts.length] as string, seed: index, duration };
  if (kind !== "impacts") return asked;
  const random = createRandom(index, "seams", "impacts");
  const events = Array.from({ length: Math.floor(duration / EVERY_SECONDS) }, (_, i) => ({
    time: EVERY_SECONDS * i + random.range(0, EVERY_SECONDS - APART_SECONDS),
    strength: random.range(0.3, 1),
    source: "person" as const,
  }));
  return { ...asked, events };
}
