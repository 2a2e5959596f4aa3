/**
 * Making a take of a cue: a draft in few steps to hear it soon, then the refined one in its place. What is too long to be made at once is heard
 * while the rest of it is made, and needs no draft. One at a time; stopped within one step.
 */
import type { StoreApi } from "zustand/vanilla";
import type { Clip } from "../clip/clip.js";
import { addTake } from "../document/commands.js";
import type { Cue, TakeReference } from "../document/document.js";
import { findCue, newId, randomSeed } from "../document/new-document.js";
import type { Anew } from "../engine/anew.js";
import type { Engine, MadeTake, TakeSink } from "../engine/engine.js";
import type { OpenProject, TakeStore } from "../storage/projects.js";
import type { SoundShape } from "../storage/take-file.js";
import type { TakeWriter } from "../storage/take-writer.js";
import { text, warningWords } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import { type Problem, toProblem } from "./problem.js";
import type { GrowingTake, Job, Session, ViewState } from "./session.js";

/** Seconds by which a cue may be longer than what is made at once. */
const SLACK = 0.01;

/** What making needs. */
export interface MakingOptions {
  readonly project: Pick<OpenProject, "store" | "takes" | "unfinished">;
  readonly clip: Pick<Clip, "file" | "info"> | undefined;
  readonly engine: Engine;
  readonly view: StoreApi<ViewState>;
  /** Says a phase to who does not see it. */
  readonly announce: (sentence: string) => void;
  readonly now?: () => number;
}

/** How one take is made. */
interface OneTake {
  readonly draft: boolean;
  readonly signal: AbortSignal;
  /** Only this stretch of another one. */
  readonly anew?: Anew;
}

/** Makes what makes takes. */
export function createMaking({ project, clip, engine, view, announce, now = Date.now }: MakingOptions): Pick<
  Session,
  "make" | "makeRange" | "cancel"
> & {
  /** Stops because the project is closed: what was being made may be gone on with. */
  leave(): void;
} {
  let running: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;

  const one = async (cue: Cue, { draft, anew, signal }: OneTake): Promise<TakeReference> => {
    const file = (clip as Pick<Clip, "file">).file;
    const tell = (news: Partial<Job>): void =>
      view.setState(({ job }) => ({ job: { progress: undefined, growing: undefined, ...job, cue: cue.id, draft, ...news } }));
    view.setState({ job: undefined });
    tell({});
    const { prompt, negativePrompt, seed, videoStrength, events, start, end, steps } = cue;
    const place = takePlace(project.takes, (growing) => !signal.aborted && tell({ growing }));
    try {
      const made = await engine.make(
        {
          ...{ file, start, duration: end - start, prompt, negativePrompt, seed, videoStrength, guidanceScale: undefined },
          steps: draft ? "draft" : (steps ?? "refined"),
          events,
          anew,
        },
        place.sink,
        { signal, onProgress: (progress) => tell({ progress }) },
      );
      signal.throwIfAborted();
      const { digest, shape } = await place.end();
      // What is odd with the clip was said when it was opened.
      const known: readonly string[] = clip?.info.warnings.map(({ code }) => code) ?? [];
      view.setState({ warnings: made.warnings.filter(({ code }) => !known.includes(code)).map(warningWords) });
      return referenceOf(made, { digest, shape, draft, createdAt: now() });
    } catch (error) {
      await place.discard();
      throw error;
    }
  };

  const work = async (id: string, which: "draft" | "refined" | "both", signal: AbortSignal): Promise<void> => {
    // What was asked for is what is made, both times: changes that come meanwhile are for the next take.
    const cue = findCue(project.store.getState().document, id);
    if (cue === undefined) return;
    await started(engine, signal);
    let draft: TakeReference | undefined;
    const long = engine.state.phase === "ready" && cue.end - cue.start > engine.state.longest + SLACK;
    if (long) {
      view.setState({ listenToGrowing: true, listenToOriginal: false });
      await project.unfinished.set(id);
    }
    if (which === "draft" || (which === "both" && !long)) {
      draft = await one(cue, { draft: true, signal });
      project.store.dispatch(addTake(id, draft, which === "draft" ? { nextSeed: randomSeed() } : {}));
      announce(text("make.draftReady"));
    }
    if (which === "draft") return;
    const refined = await one(cue, { draft: false, signal });
    project.store.dispatch(addTake(id, refined, { nextSeed: randomSeed(), ...(draft && { replaces: draft.id }) }));
    announce(text("make.ready"));
  };

  const workOnRange = async (cue: Cue, anew: Anew, signal: AbortSignal): Promise<void> => {
    await started(engine, signal);
    const made = await one(cue, { draft: false, anew, signal });
    project.store.dispatch(addTake(cue.id, made, { nextSeed: randomSeed() }));
    announce(text("make.rangeReady"));
  };

  /** Begins what makes something, in place of what is being made. */
  const begin = async (id: string, draft: boolean, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    const before = running;
    before?.stop.abort();
    const stop = new AbortController();
    const job = async (): Promise<void> => {
      await before?.done;
      if (stop.signal.aborted) return;
      view.setState({
        ...{ problem: undefined, warnings: [], unfinished: undefined },
        job: { cue: id, progress: undefined, draft, growing: undefined },
      });
      announce(text("make.started"));
      try {
        if (engine.state.phase === "off" || engine.state.phase === "failed") await engine.start();
        await work(stop.signal);
      } catch (error) {
        const problem = stop.signal.aborted ? undefined : toProblem(error);
        if (problem) view.setState({ problem });
      } finally {
        if (running === own) running = undefined;
        if (running === undefined) view.setState({ job: undefined });
        // What was called off is not gone on with, nor is what failed, which would fail again. What was left is.
        if (!left) await project.unfinished.set(undefined);
      }
    };
    const own = { stop, done: Promise.resolve().then(job) };
    running = own;
    await own.done;
  };

  /** Why nothing can be made, as a problem. */
  const hindrance = (): Problem | undefined => {
    if (project.store.getState().readOnly) return { message: text("storage.readOnly"), hint: undefined };
    return clip === undefined ? { message: text("session.noVideo"), hint: text("session.noVideoHint") } : undefined;
  };

  let left = false;
  const cancel = (): void => {
    if (running === undefined) return;
    running.stop.abort();
    announce(text("make.cancelled"));
  };

  return {
    async make(id, { which = "both" } = {}) {
      const problem = hindrance();
      if (problem) return view.setState({ problem });
      await begin(id, which !== "refined", (signal) => work(id, which, signal));
    },
    async makeRange(id) {
      const cue = findCue(project.store.getState().document, id);
      if (cue === undefined) return;
      const asked = askedRange(cue, view.getState().range, project.takes);
      const problem = hindrance() ?? ("message" in asked ? asked : undefined);
      if (problem || "message" in asked) return view.setState({ problem });
      await begin(id, false, (signal) => workOnRange(cue, asked, signal));
    },
    cancel,
    leave() {
      left = true;
      running?.stop.abort();
    },
  };
}

/** Waits for an engine that is being started: only then is known what it makes at once. */
async function started(engine: Engine, signal: AbortSignal): Promise<void> {
  if (engine.state.phase !== "starting") return;
  let stop = (): void => undefined;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    stop = engine.subscribe(({ phase }) => {
      if (phase !== "starting") resolve();
    });
  }).finally(() => stop());
  signal.throwIfAborted();
}

/** What of the chosen take is made anew; a problem where there is no such take, or no stretch of it is marked. */
function askedRange({ start, takes, chosen }: Cue, range: ViewState["range"], store: Pick<TakeStore, "read">): Anew | Problem {
  const take = takes.find(({ id }) => id === chosen);
  if (take === undefined) return { message: text("make.noTake"), hint: text("make.noTakeHint") };
  const end = start + take.samples / take.sampleRate;
  const marked = range && { start: Math.max(start, range.start), end: Math.min(end, range.end) };
  if (marked === undefined || marked.end <= marked.start)
    return { message: text("make.noRange"), hint: text("make.noRangeHint") };
  const { sampleRate, channels, samples, digest, settings } = take;
  const read = (from: number, to: number) => store.read(digest, from, to);
  return { ...marked, take: { sampleRate, channels, samples, events: settings.events, read } };
}

/** Where one take goes: anew whenever it begins again. */
function takePlace(takes: Pick<TakeStore, "begin">, onGrown: (growing: GrowingTake) => void) {
  let place: { readonly shape: SoundShape; readonly writer: TakeWriter } | undefined;
  const id = newId("growing");
  const sink: TakeSink = {
    async begin(shape) {
      await place?.writer.discard();
      place = { shape, writer: await takes.begin(shape) };
    },
    async append(channels) {
      if (place === undefined) return;
      const { shape, writer } = place;
      await writer.append(channels);
      const { ready } = writer;
      if (ready < shape.samples) onGrown({ id, ...shape, ready, read: (from, to) => writer.read(from, to) });
    },
    read: async (from, to) => place?.writer.read(from, to) ?? [],
  };
  return {
    sink,
    async end() {
      if (place === undefined) throw new ToldError("disposed", text("storage.takeGone"), { hint: text("storage.takeGoneHint") });
      return { shape: place.shape, digest: await place.writer.end() };
    },
    discard: async () => place?.writer.discard(),
  };
}

interface ReferenceParts {
  readonly digest: string;
  readonly shape: SoundShape;
  readonly draft: boolean;
  readonly createdAt: number;
}

function referenceOf(made: MadeTake, { digest, shape, draft, createdAt }: ReferenceParts): TakeReference {
  const { loudness, onsets, settings } = made;
  return {
    ...{ id: newId("take"), digest, ...shape, createdAt, loudness: Math.max(-200, loudness) },
    ...{ onsets, settings, draft, starred: false },
  };
}
