/**
 * Everything that can be changed in a document, one function each: it gives a named change for `dispatch` or a gesture's `preview`.
 * A change of something that is not there changes nothing, so a click that comes late does no harm.
 */
import type { Draft } from "immer";
import type { StringKey } from "../strings/text.js";
import type { Cue, EventMark, SourceReference, StudioDocument, TakeReference } from "./document.js";
import type { FoleyEvent, OriginalSound } from "./imports.js";
import { newId } from "./new-document.js";
import type { Change } from "./store.js";

/** Weakest and strongest of an event; the track's contract says above 0, at most 1. */
const STRENGTHS = [0.01, 1] as const;
/** How much the picture may count. */
const VIDEO_STRENGTHS = [0, 2] as const;
/** Fewest and most steps of the sampler. */
const STEPS = [1, 200] as const;
/** Quietest and loudest that the video's own sound may be made, dB. */
const GAINS = [-60, 24] as const;

/** Letters of the longest kind of an event. */
const LONGEST_KIND = 60;

type Label = Extract<StringKey, `change.${string}`>;

const change = (label: Label, recipe: (draft: Draft<StudioDocument>) => void): Change => ({
  label,
  recipe,
});

const ofCue = (label: Label, id: string, recipe: (cue: Draft<Cue>, draft: Draft<StudioDocument>) => void): Change =>
  change(label, (draft) => {
    for (const layer of draft.layers) for (const cue of layer.cues) if (cue.id === id) recipe(cue, draft);
  });

const clamp = (value: number, [least, most]: readonly [number, number]): number => Math.min(most, Math.max(least, value));

/** The project's name. */
export const rename = (name: string): Change =>
  change("change.rename", (draft) => {
    draft.name = name;
  });

/** The video of the project: the first, or the same one moved. A cue that has no length yet takes the clip's. */
export const setSource = (source: SourceReference): Change =>
  change("change.source", (draft) => {
    draft.source = source;
    for (const layer of draft.layers) for (const cue of layer.cues) if (cue.end <= cue.start) cue.end = source.duration;
  });

/** What is to be heard. */
export const setPrompt = (cue: string, prompt: string): Change =>
  ofCue("change.prompt", cue, (draft) => {
    draft.prompt = prompt;
  });

/** What is not to be heard. */
export const setNegativePrompt = (cue: string, prompt: string): Change =>
  ofCue("change.negative", cue, (draft) => {
    draft.negativePrompt = prompt;
  });

/** The seed of the next take: a whole number from 0. */
export const setSeed = (cue: string, seed: number): Change =>
  ofCue("change.seed", cue, (draft) => {
    if (Number.isFinite(seed)) draft.seed = clamp(Math.round(seed), [0, 2 ** 32 - 1]);
  });

/** Whether the seed stays for the next take. */
export const setSeedLocked = (cue: string, locked: boolean): Change =>
  ofCue(locked ? "change.seedLocked" : "change.seedFree", cue, (draft) => {
    draft.seedLocked = locked;
  });

/** How much the picture counts, 0 to 2. */
export const setVideoStrength = (cue: string, strength: number): Change =>
  ofCue("change.videoStrength", cue, (draft) => {
    if (Number.isFinite(strength)) draft.videoStrength = clamp(strength, VIDEO_STRENGTHS);
  });

/** Sampler steps of full takes; as many as the model has when they are `usual`, 1 to 200. */
export const setSteps = (cue: string, steps: number, usual?: number): Change =>
  ofCue("change.steps", cue, (draft) => {
    if (Number.isFinite(steps)) draft.steps = steps === usual ? undefined : clamp(Math.round(steps), STEPS);
  });

/** What becomes of the video's own sound. */
export const setOriginal = (use: OriginalSound): Change =>
  change("change.original", (draft) => {
    draft.original.use = use;
  });

/** How loud the video's own sound is in the mix, dB. */
export const setOriginalGain = (gainDb: number): Change =>
  change("change.originalGain", (draft) => {
    if (Number.isFinite(gainDb)) draft.original.gainDb = clamp(gainDb, GAINS);
  });

/** Marks of what the picture says; what a person changes first starts from them. The ids are the same each time they are made. */
export function marksOf(found: readonly FoleyEvent[]): readonly EventMark[] {
  return found.map((event, index) => ({ ...event, id: `found-${index}` }));
}

/** What is heard in a cue: the person's events, or what the picture says. */
export function eventsOf(cue: Cue, found: readonly FoleyEvent[] | undefined): readonly EventMark[] {
  return cue.events ?? marksOf(found ?? []);
}

const ofEvents = (
  label: Label,
  id: string,
  found: readonly FoleyEvent[] | undefined,
  recipe: (events: EventMark[], cue: Draft<Cue>) => readonly EventMark[] | undefined,
): Change =>
  ofCue(label, id, (cue) => {
    const before = [...eventsOf(cue as Cue, found)];
    const after = recipe(before, cue);
    if (after !== undefined) cue.events = after.toSorted((a, b) => a.time - b.time) as Draft<EventMark>[];
  });

const replaced = (
  events: readonly EventMark[],
  id: string,
  make: (event: EventMark) => EventMark,
): readonly EventMark[] | undefined => {
  const index = events.findIndex((event) => event.id === id);
  return index < 0 ? undefined : events.with(index, make(events[index] as EventMark));
};

/** A new event at a time, by a person. `found` is what the picture says, from which a cue that has no events of its own begins. */
export const addEvent = (
  cue: string,
  found: readonly FoleyEvent[] | undefined,
  event: { readonly time: number; readonly strength?: number; readonly id?: string },
): Change => {
  const { time, strength = 1, id = newId("event") } = event;
  return ofEvents("change.eventAdd", cue, found, (events, { start, end }) =>
    Number.isFinite(time)
      ? [...events, { id, time: clamp(time, [start, end]), strength: clamp(strength, STRENGTHS), source: "person" }]
      : undefined,
  );
};

/** An event at another time of the clip, seconds; it stays in its cue. */
export const moveEvent = (cue: string, found: readonly FoleyEvent[] | undefined, id: string, time: number): Change =>
  ofEvents("change.eventMove", cue, found, (events, { start, end }) =>
    Number.isFinite(time)
      ? replaced(events, id, (event) => ({ ...event, time: clamp(time, [start, end]), source: "person" }))
      : undefined,
  );

/** How hard an event is, above 0, at most 1. */
export const setEventStrength = (cue: string, found: readonly FoleyEvent[] | undefined, id: string, strength: number): Change =>
  ofEvents("change.eventStrength", cue, found, (events) =>
    Number.isFinite(strength)
      ? replaced(events, id, (event) => ({ ...event, strength: clamp(strength, STRENGTHS), source: "person" }))
      : undefined,
  );

/** What happens there: any word; none where it is empty. */
export const setEventKind = (cue: string, found: readonly FoleyEvent[] | undefined, id: string, kind: string): Change =>
  ofEvents("change.eventKind", cue, found, (events) =>
    replaced(events, id, ({ kind: _before, ...event }) => {
      const word = kind.trimStart().slice(0, LONGEST_KIND);
      return { ...event, ...(word !== "" && { kind: word }), source: "person" };
    }),
  );

/** An event that is not to be heard. */
export const removeEvent = (cue: string, found: readonly FoleyEvent[] | undefined, id: string): Change =>
  ofEvents("change.eventRemove", cue, found, (events) => {
    const left = events.filter((event) => event.id !== id);
    return left.length === events.length ? undefined : left;
  });

/** Back to what the picture says. */
export const resetEvents = (cue: string): Change =>
  ofCue("change.eventReset", cue, (draft) => {
    draft.events = undefined;
  });

const choose = (cue: Draft<Cue>, id: string | undefined): void => {
  cue.chosen = id;
};

/**
 * A finished take, which is heard from now on. `replaces` is the draft it refines: its place is taken, and so is its star. A seed that is not
 * locked becomes `nextSeed`, so that the next take is another.
 */
export const addTake = (
  cue: string,
  take: TakeReference,
  { replaces, nextSeed }: { readonly replaces?: string; readonly nextSeed?: number } = {},
): Change =>
  ofCue("change.takeAdd", cue, (draft) => {
    const index = draft.takes.findIndex(({ id, draft: isDraft }) => id === replaces && isDraft);
    const added = structuredClone(take) as Draft<TakeReference>;
    if (index < 0) draft.takes.push(added);
    else draft.takes[index] = { ...added, starred: (draft.takes[index] as TakeReference).starred };
    // Whoever chose another take meanwhile goes on hearing that one.
    if (index < 0 || draft.chosen === replaces) choose(draft, take.id);
    if (nextSeed !== undefined && !draft.seedLocked) draft.seed = nextSeed;
  });

/** The take that is heard and taken home. */
export const chooseTake = (cue: string, take: string): Change =>
  ofCue("change.takeChoose", cue, (draft) => {
    if (draft.takes.some(({ id }) => id === take)) choose(draft, take);
  });

/** Whether a take is a favourite. */
export const starTake = (cue: string, take: string, starred: boolean): Change =>
  ofCue(starred ? "change.takeStar" : "change.takeUnstar", cue, (draft) => {
    for (const one of draft.takes) if (one.id === take) one.starred = starred;
  });

/** A take that is not wanted; its neighbour is heard instead. */
export const removeTake = (cue: string, take: string): Change =>
  ofCue("change.takeRemove", cue, (draft) => {
    const index = draft.takes.findIndex(({ id }) => id === take);
    if (index < 0) return;
    draft.takes.splice(index, 1);
    if (draft.chosen === take) choose(draft, (draft.takes[index] ?? draft.takes[index - 1])?.id);
  });
