/** The document of a project that was just made: one layer and one cue over the whole clip. */
import { type Cue, DOCUMENT_FORMAT, type SourceReference, type StudioDocument } from "./document.js";

/** Largest seed that a new cue gets; what a person can read and type. */
const SEEDS = 1_000_000;

/** A document of a video, with a seed of its own. */
export function newDocument(name: string, source?: SourceReference): StudioDocument {
  return {
    format: DOCUMENT_FORMAT,
    name,
    source,
    original: { use: "replace", gainDb: 0 },
    layers: [{ id: "layer-1", name: "", muted: false, gainDb: 0, cues: [newCue(source?.duration ?? 0)] }],
  };
}

function newCue(duration: number): Cue {
  return {
    id: "cue-1",
    start: 0,
    end: duration,
    prompt: "",
    negativePrompt: "",
    seed: randomSeed(),
    seedLocked: false,
    videoStrength: 1,
    steps: undefined,
    events: undefined,
    takes: [],
    chosen: undefined,
  };
}

/** A seed that nobody chose. */
export function randomSeed(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] as number) % SEEDS;
}

/** A short name that no other has. */
export function newId(kind: string): string {
  return `${kind}-${crypto.randomUUID().slice(0, 8)}`;
}

/** A cue of a document by its id. */
export function findCue(document: StudioDocument, id: string): Cue | undefined {
  return document.layers.flatMap(({ cues }) => cues).find((cue) => cue.id === id);
}
