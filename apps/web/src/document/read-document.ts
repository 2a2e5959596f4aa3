/**
 * A document that was written earlier, by this version, an older or newer one, or by a stranger. What comes out has the shape that the types
 * promise; what does not is refused with a sentence, before anything of it is used.
 */
import { type FoleyError, type JsonCheck, json, parseJson } from "@foley-control/core";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import { type Cue, DOCUMENT_FORMAT, type StudioDocument } from "./document.js";
import type { Entry } from "./store.js";

/** Longest clip that a document may speak of, seconds: more than a week. */
const LONGEST = 1e6;
/** Most of everything that there is a list of; more than anybody makes. */
const MOST = { layers: 64, cues: 10_000, takes: 10_000, events: 1_000_000, entries: 2000, patches: 1_000_000 } as const;

const seconds = json.number(0, LONGEST);
const name = json.text(1000);
const prompt = json.text(100_000);
const identifier = json.text(200);
const digest: JsonCheck = (value, path) =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? undefined : `"${path}" is not a SHA-256 in hexadecimal`;
const seed = json.whole(0, 2 ** 32 - 1);

const event = {
  time: seconds,
  strength: json.number(0, 1),
  source: json.oneOf("encoder", "person", "file"),
  kind: json.optional(name),
  place: json.optional(json.object({})),
};

const take = json.object({
  id: identifier,
  digest,
  sampleRate: json.number(1, 1e6),
  channels: json.whole(1, 64),
  samples: json.whole(0, Number.MAX_SAFE_INTEGER),
  createdAt: json.number(0, 1e15),
  loudness: json.number(-1000, 1000),
  onsets: json.list(seconds, MOST.events),
  draft: json.truth,
  starred: json.truth,
  settings: json.object({
    prompt,
    negativePrompt: prompt,
    seed,
    steps: json.whole(1, 10_000),
    guidanceScale: json.optional(json.number(-1000, 1000)),
    videoStrength: json.number(0, 100),
    events: json.list(json.object(event), MOST.events),
    model: name,
    anew: json.optional(json.object({ start: seconds, end: seconds })),
  }),
});

const cue = json.object({
  id: identifier,
  start: seconds,
  end: seconds,
  prompt,
  negativePrompt: prompt,
  seed,
  seedLocked: json.truth,
  videoStrength: json.number(0, 100),
  steps: json.optional(json.whole(1, 10_000)),
  events: json.optional(json.list(json.object({ ...event, id: identifier }), MOST.events)),
  takes: json.list(take, MOST.takes),
  chosen: json.optional(identifier),
});

const source = json.object({
  name,
  size: json.whole(0, Number.MAX_SAFE_INTEGER),
  lastModified: json.number(0, 1e15),
  digest,
  duration: seconds,
  frameRate: json.number(0.001, 100_000),
  width: json.whole(1, 100_000),
  height: json.whole(1, 100_000),
  sound: json.truth,
});

const whole = json.object({
  name,
  source: json.optional(source),
  original: json.object({ use: json.oneOf("keep", "mix", "replace"), gainDb: json.number(-200, 200) }),
  layers: json.list(
    json.object({
      id: identifier,
      name,
      muted: json.truth,
      gainDb: json.number(-200, 200),
      cues: json.list(cue, MOST.cues),
    }),
    MOST.layers,
  ),
});

const patch = json.object({
  op: json.oneOf("add", "remove", "replace"),
  path: json.list((value, path) => {
    if (Number.isSafeInteger(value)) return undefined;
    return typeof value === "string" && value !== "__proto__" && value.length < 200
      ? undefined
      : `"${path}" is no step of a path`;
  }, 32),
});
/** Checks the patches of a change. */
export const patches = json.list(patch, MOST.patches);
/** Checks the undo list. */
const entries = json.list(json.object({ label: name, forward: patches, inverse: patches }), MOST.entries);

/** A document and its undo list, as they lie on the disk. */
export interface StoredDocument {
  /** Number of the last change that is in it. */
  readonly sequence: number;
  readonly document: StudioDocument;
  readonly past: readonly Entry[];
  readonly future: readonly Entry[];
}

const stored = json.object({
  sequence: json.whole(0, Number.MAX_SAFE_INTEGER),
  document: json.object({}),
  past: entries,
  future: entries,
});

const damaged = (detail: string, cause?: unknown): FoleyError =>
  new ToldError("bad-file", text("document.damaged", { detail }), { hint: text("document.damagedHint"), cause });

/** Reads a document with its undo list. @throws FoleyError `bad-file` for what is none, `unsupported` for a newer format */
export function readStored(contents: string): StoredDocument {
  let value: unknown;
  try {
    value = parseJson(contents, { what: "project.json" });
  } catch (cause) {
    throw damaged((cause as Error).message, cause);
  }
  const problem = stored(value, "");
  if (problem !== undefined) throw damaged(problem);
  const { sequence, document, past, future } = value as StoredDocument;
  return { sequence, document: readDocument(document), past, future };
}

/** What a document must be, whoever wrote it. @throws FoleyError `bad-file` for what is none, `unsupported` for a newer format */
export function readDocument(value: unknown): StudioDocument {
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (typeof format === "number" && format > DOCUMENT_FORMAT)
    throw new ToldError("unsupported", text("document.newer", { format, known: DOCUMENT_FORMAT }), {
      hint: text("document.newerHint"),
    });
  const problem = json.object({ format: json.oneOf(DOCUMENT_FORMAT) })(value, "") ?? whole(value, "");
  if (problem !== undefined) throw damaged(problem);
  const document = value as StudioDocument;
  const cues = document.layers.flatMap((layer) => layer.cues);
  const twice = firstTwice(cues.map(({ id }) => id)) ?? cues.map(inCue).find((one) => one !== undefined);
  if (twice !== undefined) throw damaged(`the id ${JSON.stringify(twice)} is there twice`);
  const backwards = cues.find(({ start, end }) => end < start);
  if (backwards) throw damaged(`"${backwards.id}" ends at ${backwards.end} s, before it begins at ${backwards.start} s`);
  return document;
}

const inCue = ({ takes, events }: Cue): string | undefined =>
  firstTwice(takes.map(({ id }) => id)) ?? firstTwice((events ?? []).map(({ id }) => id));

function firstTwice(ids: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) return id;
    seen.add(id);
  }
  return undefined;
}

/** Digests of all takes that a document or its undo list names. */
export function takesOf({ document, past, future }: Omit<StoredDocument, "sequence">): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, one] of Object.entries(value)) {
      if (key === "digest" && typeof one === "string") found.add(one);
      else look(one);
    }
  };
  look([document.layers, past, future]);
  return found;
}
