/** What the timeline shows of a document: the events of the cue, the onsets of the chosen take, and how they meet. Made again only when one of them changes. */
import { eventsOf } from "../document/commands.js";
import type { Cue, EventMark, StudioDocument, TakeReference } from "../document/document.js";
import type { FoleyEvent } from "../document/imports.js";
import { type Lens, lensOf } from "./lens.js";

/** All of it. */
export interface TimelineModel {
  readonly cue: Cue | undefined;
  readonly events: readonly EventMark[];
  /** The take that is heard. */
  readonly take: TakeReference | undefined;
  readonly lens: Lens;
}

/** The cue that is worked on: that of the selection, else the first. */
export function cueOf(document: StudioDocument, selected: string | undefined): Cue | undefined {
  const cues = document.layers.flatMap((layer) => layer.cues);
  return cues.find(({ id }) => id === selected) ?? cues[0];
}

/** Makes models, and gives the same one again while nothing has changed. */
export function createModels(): (
  cue: Cue | undefined,
  found: readonly FoleyEvent[] | undefined,
  frameRate: number,
) => TimelineModel {
  let last: { readonly given: readonly unknown[]; readonly model: TimelineModel } | undefined;
  return (cue, found, frameRate) => {
    const given = [cue, found, frameRate];
    if (last && given.every((one, index) => one === last?.given[index])) return last.model;
    const events = cue ? eventsOf(cue, found) : [];
    const take = cue?.takes.find(({ id }) => id === cue.chosen);
    const lens = lensOf(
      events.map(({ time }) => time),
      take?.onsets ?? [],
      frameRate,
    );
    const model: TimelineModel = { cue, events, take, lens };
    last = { given, model };
    return model;
  };
}
