/** What the page shows and how one comes from one screen to another: a video is opened, a project made of it, found again, closed. No React in here. */
import type { FoleyError } from "@foley-control/core";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Clip } from "../clip/clip.js";
import type { SourceReference } from "../document/document.js";
import { newDocument } from "../document/new-document.js";
import type { Engine } from "../engine/engine.js";
import { looksLikeModel } from "../models/model-names.js";
import { BUNDLE_ENDING } from "../storage/bundle.js";
import type { OpenProject, Projects } from "../storage/projects.js";
import { digestOfSource } from "../storage/source.js";
import { text } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import type { Player } from "../transport/player.js";
import { candidatesOf, type Drop, type Dropped, looksLikeVideo, MOST_FILES } from "./dropped.js";
import { makeSession } from "./make-session.js";
import { type Problem, toProblem } from "./problem.js";
import type { Session } from "./session.js";

/** What is shown. */
export type Screen =
  | { readonly type: "start" }
  /** Several videos were given: which one is it to be? */
  | { readonly type: "which"; readonly files: readonly Dropped[] }
  | { readonly type: "opening"; readonly name: string }
  | { readonly type: "studio"; readonly session: Session };

/** Files of a model, and the folder that they lie in, where it can be kept. */
export interface DroppedModel {
  readonly files: readonly Dropped[];
  readonly folder: FileSystemDirectoryHandle | undefined;
}

/** The page. */
export interface AppState {
  readonly screen: Screen;
  /** Of the first screen; that of a project is in its session. */
  readonly problem: Problem | undefined;
  /** A sentence about what was given last that is no problem; of the first screen, as `problem`. */
  readonly note: string | undefined;
  /** Said to who does not see the page; each sentence once. */
  readonly said: string;
  /** A model that was dropped and is not looked into yet: the dialog of models does that. */
  readonly model: DroppedModel | undefined;
  /** Whether the settings are open: they stay so when another language makes the page anew. */
  readonly settings: boolean;
}

/** What the page stands on. */
export interface FlowParts {
  readonly projects: Projects;
  readonly engine: Engine;
  readonly openClip: (file: File) => Promise<Clip>;
  readonly createPlayer: () => Player;
  /** Keeps in the address which project is open, so that a reload comes back to it. */
  readonly remember: (project: string | undefined) => void;
}

/** What can be done on the page as a whole. */
export interface Flow extends Pick<FlowParts, "projects" | "engine"> {
  readonly state: StoreApi<AppState>;
  /**
   * Opens what was dropped or chosen: a new project, the video of the one that is open, or a model, which the dialog of models takes. It says of a drop when no file
   * was in it, and of a folder when it was `cut`.
   */
  open(files: readonly Dropped[], how?: Partial<Omit<Drop, "files">> & { readonly dropped?: boolean }): Promise<void>;
  /** Makes a project of each video and opens the first. */
  openAll(files: readonly Dropped[]): Promise<void>;
  /** Opens a project that is there. */
  openProject(id: string): Promise<void>;
  /** Asks for the video of the open project again, in answer to a click; `false` when it has to be shown. */
  askForVideo(): Promise<boolean>;
  /** Writes everything and goes back to the first screen. */
  close(): Promise<void>;
  announce(sentence: string): void;
}

/** A first screen on which nothing is said. */
const NOTHING_SAID = { problem: undefined, note: undefined } as const;

/** Makes it. */
export function createFlow({ projects, engine, openClip, createPlayer, remember }: FlowParts): Flow {
  const state = createStore<AppState>()(() => ({
    screen: { type: "start" },
    ...NOTHING_SAID,
    said: "",
    model: undefined,
    settings: false,
  }));
  let session: ReturnType<typeof makeSession> | undefined;
  /** Counts openings, so that one that was overtaken shows nothing. */
  let turn = 0;

  const announce = (said: string): void => state.setState({ said });
  const fail = (error: unknown): void => {
    const problem = toProblem(error);
    if (problem) announce([problem.message, problem.hint].filter(Boolean).join(" "));
    if (problem && session) session.view.setState({ problem });
    else state.setState({ problem, note: undefined, screen: { type: "start" } });
  };
  const note = (sentence: string): void => {
    if (session) session.view.setState(({ warnings }) => ({ warnings: [...warnings, sentence] }));
    else state.setState({ note: sentence });
    const { problem } = (session?.view ?? state).getState();
    announce([problem?.message, sentence].filter(Boolean).join(" "));
  };
  const show = (project: OpenProject, clip: Clip | undefined): void => {
    const player = session?.player ?? createPlayer();
    session?.end();
    session = makeSession({ project, clip, player, engine, announce });
    state.setState({ screen: { type: "studio", session }, ...NOTHING_SAID });
    remember(project.id);
    announce(text("studio.opened", { name: project.store.getState().document.name }));
  };
  const opening = (name: string): number => {
    state.setState({ screen: { type: "opening", name }, ...NOTHING_SAID });
    announce(text("start.opening", { name }));
    return ++turn;
  };
  const close = async (): Promise<boolean> => {
    turn++;
    const given = session;
    if (given === undefined) return true;
    try {
      await given.project.flush();
    } catch (error) {
      // What is not stored is not left behind unasked.
      fail(error);
      return false;
    }
    session = undefined;
    given.end();
    given.player.dispose();
    given.clip?.close();
    await given.project.close();
    return true;
  };

  const create = async ({ file, handle }: Dropped): Promise<void> => {
    const own = opening(file.name);
    let clip: Clip | undefined;
    try {
      clip = await openClip(file);
      const source = await referenceOf(file, clip);
      const project = await projects.create(newDocument(file.name.replace(/\.[^.]+$/, ""), source));
      await project.relink(file, handle);
      if (own !== turn) {
        clip.close();
        return await project.close();
      }
      void projects.persist();
      show(project, clip);
    } catch (error) {
      clip?.close();
      if (own === turn) fail(error);
    }
  };
  /** A project that lies in the list and is not opened. */
  const lay = async ({ file, handle }: Dropped): Promise<void> => {
    const clip = await openClip(file);
    try {
      const project = await projects.create(newDocument(file.name.replace(/\.[^.]+$/, ""), await referenceOf(file, clip)));
      await project.relink(file, handle);
      await project.close();
    } finally {
      clip.close();
    }
  };
  const attach = async (given: Session, { file, handle }: Dropped): Promise<void> => {
    try {
      await given.project.relink(file, handle);
      const clip = await openClip(file);
      if (session !== given) return clip.close();
      given.clip?.close();
      show(given.project, clip);
    } catch (error) {
      fail(error);
    }
  };

  const openProject = async (id: string): Promise<void> => {
    if (!(await close())) return;
    const own = opening("");
    let project: OpenProject | undefined;
    try {
      project = await projects.open(id);
      let problem: Problem | undefined;
      // A video that cannot be opened is no reason to keep the rest from who made it.
      const clip = await project
        .video()
        .then((file) => file && openClip(file))
        .catch((error: unknown) => {
          problem = toProblem(error);
          return undefined;
        });
      if (own !== turn) {
        clip?.close();
        return await project.close();
      }
      show(project, clip);
      if (problem) session?.view.setState({ problem });
    } catch (error) {
      await project?.close().catch(() => undefined);
      if (own !== turn) return;
      remember(undefined);
      fail(error);
    }
  };
  const unbundle = async ({ file }: Dropped): Promise<void> => {
    if (!(await close())) return;
    const own = opening(file.name);
    try {
      const id = await projects.unbundle(file);
      if (own === turn) await openProject(id);
    } catch (error) {
      if (own === turn) fail(error);
    }
  };

  const take = async (files: readonly Dropped[], dropped: boolean): Promise<void> => {
    const bundle = files.find(({ file }) => file.name.endsWith(BUNDLE_ENDING));
    if (bundle) return unbundle(bundle);
    const candidates = candidatesOf(files);
    const [first] = candidates;
    if (files.length === 0) return dropped ? fail(noVideo(0)) : undefined;
    if (first === undefined) return fail(noVideo(files.length));
    if (session !== undefined) {
      const { source } = session.project.store.getState().document;
      const own = candidates.find(({ file }) => file.name === source?.name && file.size === source.size);
      if (own === undefined && candidates.length > 1) return fail(severalInProject(candidates.length));
      return attach(session, own ?? first);
    }
    if (candidates.length > 1) return state.setState({ screen: { type: "which", files: candidates }, ...NOTHING_SAID });
    await create(first);
  };

  return {
    ...{ state, projects, engine, announce, openProject },
    async open(files, { dropped = false, cut = false, folder } = {}) {
      const names = files.map(({ file }) => file.name);
      if (looksLikeModel(names, { videos: files.some(({ file }) => looksLikeVideo(file)) }))
        return state.setState({ model: { files, folder } });
      await take(files, dropped);
      if (cut) note(text("start.cut", { count: MOST_FILES }));
    },
    async openAll(files) {
      const [first, ...others] = files;
      if (first === undefined) return;
      const failed: string[] = [];
      for (const [index, one] of others.entries()) {
        const own = opening(text("start.ofSeveral", { name: one.file.name, number: index + 1, count: files.length }));
        await lay(one).catch(() => failed.push(one.file.name));
        if (own !== turn) return;
      }
      await create(first);
      if (failed.length > 0) note(text("start.notOpened", { names: failed.join(", ") }));
    },
    async askForVideo() {
      const given = session;
      if (given === undefined) return false;
      try {
        const file = await given.project.video({ ask: true });
        if (file) await attach(given, { file });
        return file !== undefined;
      } catch (error) {
        fail(error);
        return true;
      }
    },
    async close() {
      if (!(await close())) return;
      remember(undefined);
      state.setState({ screen: { type: "start" }, ...NOTHING_SAID });
    },
  };
}

function noVideo(count: number): FoleyError {
  const words = count === 0 ? text("start.nothing") : text("start.noVideo", { count });
  return new ToldError("no-video", words, { hint: text("start.noVideoHint") });
}

function severalInProject(count: number): FoleyError {
  return new ToldError("invalid-argument", text("start.several", { count }), { hint: text("start.severalHint") });
}

async function referenceOf(file: File, { info }: Clip): Promise<SourceReference> {
  const { duration, frameRate, width, height, sound } = info;
  return {
    ...{ name: file.name, size: file.size, lastModified: file.lastModified, digest: await digestOfSource(file) },
    ...{ duration, frameRate, width, height, sound: sound !== undefined },
  };
}
