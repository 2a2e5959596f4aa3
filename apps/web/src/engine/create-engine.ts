/**
 * The engine: starts the pipeline where it computes fastest and right, one job at a time. One that is lost (its device or its worker ended) is
 * started again, the job with it, and says so.
 */
import { FoleyError } from "@foley-control/core";
import { text } from "../strings/text.js";
import { type Told, ToldError, told } from "../strings/told.js";
import { engineChoices } from "./choices.js";
import type { Engine, EngineChoice, EngineKind, EngineState, ModelSource, TakeProgress } from "./engine.js";
import { abortable, turns } from "./jobs.js";
import type { OpenEngine, OpenedEngine } from "./running.js";
import { isSlow } from "./speed.js";

/** The model that the studio brings. */
export const EMBEDDED_MODEL: ModelSource = {
  id: "foley-control/mini",
  name: "Foley mini",
  files: async () => (await import("./embedded.js")).embeddedFiles(),
};

/** Options of {@link createEngine}. */
export interface EngineOptions {
  /** Default: {@link EMBEDDED_MODEL}. */
  readonly model?: ModelSource;
  /** Opens the pipeline. Default: the real one, loaded when it is first used. */
  readonly open?: OpenEngine;
  /** Asks what can compute. */
  readonly choices?: () => Promise<readonly (EngineChoice & { readonly best: boolean })[]>;
}

/** An engine that is open or opening. */
interface Running {
  readonly opened: Promise<OpenedEngine>;
  ended: boolean;
}

/** Makes an engine; nothing is loaded before it starts. */
export function createEngine({
  model: first = EMBEDDED_MODEL,
  open = async (...given) => (await import("./open.js")).openPipeline(...given),
  choices = engineChoices,
}: EngineOptions = {}): Engine {
  const listeners = new Set<(state: EngineState) => void>();
  const inTurn = turns();
  let model = first;
  let wanted: EngineKind | undefined;
  let state: EngineState = { phase: "off" };
  let running: Running | undefined;
  let loaded: OpenedEngine | undefined;

  const tell = (next: EngineState): void => {
    state = next;
    for (const listener of listeners) listener(next);
  };

  /** Ends what runs; a job on it fails, and is begun again by whoever still wants it. */
  const end = async (): Promise<void> => {
    const ended = running;
    running = undefined;
    loaded = undefined;
    if (ended === undefined) return;
    ended.ended = true;
    await ended.opened.then((opened) => opened.dispose()).catch(() => undefined);
  };

  /** Opens one in place of what runs, which is ended first; from now on it is the one that jobs wait for. */
  const begin = (again?: string): Running => {
    const before = end();
    const own: Running = { ended: false, opened: before.then(() => openBest(own, again)) };
    running = own;
    own.opened.catch((error: unknown) => {
      if (running !== own) return;
      running = undefined; // the next one who asks tries again
      tell({ phase: "failed", ...described(error) });
    });
    return own;
  };

  async function openBest(own: Running, again: string | undefined): Promise<OpenedEngine> {
    const possible = await choices();
    const best = possible.find((choice) => choice.best)?.kind ?? "wasm";
    // What cannot be used here is not begun, whoever asks for it: it might never end.
    const refused = possible.find((choice) => choice.kind === wanted && !choice.usable);
    const kind = refused ? best : (wanted ?? best);
    const chosen = model;
    const onProgress = (share: number, what: string): void => {
      if (running === own) tell({ phase: "starting", kind, share, what, again });
    };
    onProgress(0, "engine.starting.code");
    const files = await chosen.files();
    const reasons = again === undefined ? [] : [again];
    if (refused?.reason) reasons.push(refused.reason);
    const opened = await open(kind, files, { onProgress }).catch((error: unknown) => {
      if (kind !== "webgpu") throw error;
      // That it is slow is said by a sentence of its own.
      const { message, detail } = described(error);
      reasons.push(
        isSlow(error) ? message : text("engine.reason.failed", { reason: [message, detail].filter(Boolean).join(" ") }),
      );
      return open("wasm-threads", files, { onProgress });
    });
    if (own.ended) {
      await opened.dispose();
      throw ended();
    }
    loaded = opened;
    const { build, device, threads, selfTest, threadsReason } = opened.capabilities;
    const actual: EngineKind = device === "webgpu" ? "webgpu" : threads > 1 ? "wasm-threads" : "wasm";
    if (kind === "webgpu" && actual !== "webgpu" && reasons.length === (again ? 1 : 0))
      reasons.push(text(`engine.reason.${selfTest.cause ?? "missing"}`, { reason: selfTest.reason ?? "" }).trimEnd());
    const faster = possible.slice(
      0,
      possible.findIndex((choice) => choice.kind === actual),
    );
    for (const { kind: other, reason } of faster) if (reason && other !== wanted) reasons.push(reason);
    if (threadsReason !== undefined && kind === "wasm-threads" && !reasons.includes(text("engine.reason.notIsolated")))
      reasons.push(text("engine.reason.threads"));
    tell({
      phase: "ready",
      kind: actual,
      build,
      threads,
      reasons,
      model: { id: chosen.id, name: chosen.name },
      steps: opened.steps,
      longest: opened.longest,
    });
    return opened;
  }

  /** Does a job on the engine; once more on a new one when it is lost meanwhile. */
  const job = <T>(signal: AbortSignal, work: (opened: OpenedEngine) => Promise<T>): Promise<T> =>
    inTurn(signal, async () => {
      for (let attempt = 1; ; attempt++) {
        const own = running ?? begin();
        try {
          return await work(await abortable(own.opened, signal));
        } catch (error) {
          const lost = own.ended || (FoleyError.isInstance(error) && error.code === "device-unavailable");
          if (signal.aborted || !lost || attempt > 2) throw error;
          if (own.ended) continue; // somebody chose another kind or model
          const kind = state.phase === "ready" ? state.kind : undefined;
          if (attempt === 2 && kind === "webgpu") wanted = "wasm-threads";
          begin(text(kind === "webgpu" ? "engine.again.device" : "engine.again.worker"));
        }
      }
    });

  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    choices,
    async start(kind) {
      wanted = kind;
      await begin().opened.catch((error: unknown) => {
        if (!(FoleyError.isInstance(error) && error.code === "disposed")) throw error;
      });
    },
    async use(other) {
      model = other;
      if (running !== undefined) await begin().opened;
    },
    unknownWords: (prompt) => loaded?.unknownWords(prompt) ?? [],
    findEvents: (request, signal) => job(signal, (opened) => opened.findEvents(request, signal)),
    make: (request, sink, { signal, onProgress }) => {
      let share = 0; // of the whole job: one that is begun again does not go back
      const forwards = (progress: TakeProgress): void => {
        if (signal.aborted) return; // the step that runs is finished; nobody waits for it any more
        share = Math.max(share, progress.share);
        onProgress({ ...progress, share });
      };
      return job(signal, (opened) => opened.make(request, model.id, sink, { signal, onProgress: forwards }));
    },
    async dispose() {
      await end();
      tell({ phase: "off" });
      listeners.clear();
    },
  };
}

const ended = (): ToldError => new ToldError("disposed", text("engine.ended"), { hint: text("engine.endedHint") });

/** An error as the state of the engine has it. */
const described = (error: unknown): Told =>
  FoleyError.isInstance(error)
    ? told(error)
    : { message: text("problem.unknown", { reason: error instanceof Error ? error.message : String(error) }), hint: undefined };
