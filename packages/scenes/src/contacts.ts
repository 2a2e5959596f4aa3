/** Which of the events of a scene are heard at the moment when they are seen. */
import type { SceneDescription, SceneEvent, SceneEventKind } from "./types.js";

const SHARP: readonly SceneEventKind[] = ["hit", "wall", "step", "drop", "tick"];

/** Events in which something touches: their sound begins at once. The others swell. */
export const contactsOf = ({ events }: Pick<SceneDescription, "events">): readonly SceneEvent[] =>
  events.filter(({ kind }) => SHARP.includes(kind));
