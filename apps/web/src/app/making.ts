/** Making a take of a cue: a draft in few steps to hear it soon, then the refined one in its place. One at a time; stopped within one step. */
import type { StoreApi } from "zustand/vanilla";
import type { Clip } from "../clip/clip.js";
import { addTake } from "../document/commands.js";
import type { Cue, TakeReference } from "../document/document.js";
import { findCue, newId, randomSeed } from "../document/new-document.js";
import type { Engine, MadeTake } from "../engine/engine.js";
import type { OpenProject } from "../storage/projects.js";
import { text } from "../strings/text.js";
import { toProblem } from "./problem.js";
import type { Session, ViewState } from "./session.js";

/** What making needs. */
export interface MakingOptions {
  readonly project: Pick<OpenProject, "store" | "takes">;
  readonly clip: Pick<Clip, "file"> | undefined;
  readonly engine: Engine;
  readonly view: StoreApi<ViewState>;
  /** Says a phase to who does not see it. */
  readonly announce: (sentence: string) => void;
  readonly now?: () => number;
}

/** Makes what makes takes. */
export function createMaking({
  project,
  clip,
  engine,
  view,
  announce,
  now = Date.now,
}: MakingOptions): Pick<Session, "make" | "cancel"> {
  let running: { readonly stop: AbortController; readonly done: Promise<void> } | undefined;

  const one = async (cue: Cue, draft: boolean, signal: AbortSignal): Promise<TakeReference> => {
    const file = (clip as Pick<Clip, "file">).file;
    view.setState({ job: { cue: cue.id, progress: undefined, draft } });
    const { prompt, negativePrompt, seed, videoStrength, events, start, end, steps } = cue;
    const made = await engine.make(
      {
        ...{ file, start, duration: end - start, prompt, negativePrompt, seed, videoStrength, guidanceScale: undefined },
        steps: draft ? "draft" : (steps ?? "refined"),
        events,
      },
      signal,
      (progress) => view.setState({ job: { cue: cue.id, progress, draft } }),
    );
    signal.throwIfAborted();
    view.setState({ warnings: made.warnings });
    return referenceOf(made, await project.takes.write(made.channels, made.sampleRate), draft, now());
  };

  const work = async (id: string, which: "draft" | "refined" | "both", signal: AbortSignal): Promise<void> => {
    // What was asked for is what is made, both times: changes that come meanwhile are for the next take.
    const cue = findCue(project.store.getState().document, id);
    if (cue === undefined) return;
    if (engine.state.phase === "off" || engine.state.phase === "failed") await engine.start();
    let draft: TakeReference | undefined;
    if (which !== "refined") {
      draft = await one(cue, true, signal);
      project.store.dispatch(addTake(id, draft, which === "draft" ? { nextSeed: randomSeed() } : {}));
      announce(text("make.draftReady"));
    }
    if (which === "draft") return;
    const refined = await one(cue, false, signal);
    project.store.dispatch(addTake(id, refined, { nextSeed: randomSeed(), ...(draft && { replaces: draft.id }) }));
    announce(text("make.ready"));
  };

  const cancel = (): void => {
    if (running === undefined) return;
    running.stop.abort();
    announce(text("make.cancelled"));
  };

  return {
    async make(id, { which = "both" } = {}) {
      if (project.store.getState().readOnly)
        return view.setState({ problem: { message: text("storage.readOnly"), hint: undefined } });
      if (clip === undefined)
        return view.setState({ problem: { message: text("session.noVideo"), hint: text("session.noVideoHint") } });
      const before = running;
      before?.stop.abort();
      const stop = new AbortController();
      const job = async (): Promise<void> => {
        await before?.done;
        if (stop.signal.aborted) return;
        view.setState({ problem: undefined, warnings: [], job: { cue: id, progress: undefined, draft: which !== "refined" } });
        announce(text("make.started"));
        try {
          await work(id, which, stop.signal);
        } catch (error) {
          const problem = stop.signal.aborted ? undefined : toProblem(error);
          if (problem) view.setState({ problem });
        } finally {
          if (running === own) running = undefined;
          if (running === undefined) view.setState({ job: undefined });
        }
      };
      const own = { stop, done: Promise.resolve().then(job) };
      running = own;
      await own.done;
    },
    cancel,
  };
}

function referenceOf(made: MadeTake, digest: string, draft: boolean, createdAt: number): TakeReference {
  const { sampleRate, channels, loudness, onsets, settings } = made;
  return {
    ...{ id: newId("take"), digest, sampleRate, channels: channels.length, samples: channels[0]?.length ?? 0 },
    ...{ createdAt, loudness: Math.max(-200, loudness), onsets, settings, draft, starred: false },
  };
}
