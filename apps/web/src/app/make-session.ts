/** Joins what an open project consists of: what is changed is heard, what the picture says is found, and all ends together. */
import { createStore } from "zustand/vanilla";
import type { Clip } from "../clip/clip.js";
import { oddity } from "../clip/refusals.js";
import type { FoleyEvent } from "../document/imports.js";
import type { Engine } from "../engine/engine.js";
import type { OpenProject } from "../storage/projects.js";
import type { Player } from "../transport/player.js";
import { createMaking } from "./making.js";
import { pictureOf } from "./picture-of.js";
import { toProblem } from "./problem.js";
import type { Session, ViewState } from "./session.js";
import { soundsOf } from "./sounds.js";

/** What a session is made of. */
export interface SessionParts {
  readonly project: OpenProject;
  readonly clip: Clip | undefined;
  readonly player: Player;
  readonly engine: Engine;
  readonly announce: (sentence: string) => void;
}

/** What of the view decides what is heard. */
const HEARD = ["listenToOriginal", "listenToGrowing", "equalLoudness", "muted"] as const;
/** Seconds of a clip that are looked at in one go: a take that is asked for meanwhile waits no longer than for that. */
const LOOKED_AT = 60;

/** Makes a session; `end` stops what it does, and leaves project, clip and engine to whoever brought them. */
export function makeSession({ project, clip, player, engine, announce }: SessionParts): Session & { end(): void } {
  const ended = new AbortController();
  const cue = project.store.getState().document.layers[0]?.cues[0]?.id;
  const view = createStore<ViewState>()(() => ({
    selection: cue === undefined ? undefined : { type: "cue", cue },
    ...{
      found: undefined,
      job: undefined,
      problem: undefined,
      warnings: clip?.info.warnings.map((one) => oddity(clip.file.name, one)) ?? [],
      range: undefined,
    },
    ...{
      listenToOriginal: false,
      listenToGrowing: false,
      unfinished: undefined,
      equalLoudness: false,
      muted: false,
      looping: false,
      snap: true,
    },
  }));

  let heard = "";
  let originalLoudness: number | undefined;
  const listen = (): void => {
    const { listenToOriginal, equalLoudness, muted, listenToGrowing, job } = view.getState();
    const { document } = project.store.getState();
    const growing = listenToGrowing && job?.growing ? { cue: job.cue, take: job.growing } : undefined;
    const listening = { listenToOriginal, equalLoudness, muted, originalLoudness, growing };
    const { sources, key } = soundsOf(document, { clip, takes: project.takes, ...listening });
    if (key === heard) return;
    heard = key;
    player.sounds(sources);
  };
  listen();
  // Without it the original is heard as it is.
  clip?.loudness().then(
    (loudness) => {
      originalLoudness = loudness;
      if (!ended.signal.aborted) listen();
    },
    () => undefined,
  );
  const stops = [
    project.store.subscribe(listen),
    view.subscribe((now, before) => {
      if (HEARD.some((key) => now[key] !== before[key]) || now.job?.growing?.id !== before.job?.growing?.id) listen();
      if (now.range !== before.range || now.looping !== before.looping) player.loop(now.looping ? now.range : undefined);
    }),
  ];
  const making = createMaking({ project, clip, engine, view, announce });
  if (clip !== undefined) {
    void look(clip, engine, view, ended.signal);
    void project.unfinished.get().then((unfinished) => {
      const { readOnly } = project.store.getState();
      if (!readOnly && !ended.signal.aborted && view.getState().job === undefined) view.setState({ unfinished });
    });
    if (!project.shown()) void pictureOf(clip, ended.signal).then((address) => address && project.showAs(address));
  }

  return {
    ...{ project, clip, player, engine, view },
    ...{ make: making.make, makeRange: making.makeRange, cancel: making.cancel },
    end() {
      ended.abort();
      making.leave();
      for (const stop of stops) stop();
      player.pause();
      player.sounds([]);
    },
  };
}

/** Finds what the picture says, once there is something to find it with. */
async function look(clip: Clip, engine: Engine, view: Session["view"], signal: AbortSignal): Promise<void> {
  try {
    if (engine.state.phase === "off") await engine.start();
    const found: FoleyEvent[] = [];
    const { file, info } = clip;
    for (let start = 0; start < info.duration; start += LOOKED_AT) {
      // A rest of a blink is no part of its own.
      const last = info.duration - start < LOOKED_AT + 1;
      const duration = last ? info.duration - start : LOOKED_AT;
      found.push(...(await engine.findEvents({ file, start, duration }, signal)));
      if (last) break;
    }
    if (!signal.aborted) view.setState({ found });
  } catch (error) {
    const problem = signal.aborted ? undefined : toProblem(error);
    if (problem) view.setState({ problem });
  }
}
