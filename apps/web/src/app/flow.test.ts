/** From a dropped file to a session and back, and what is said when that is not possible. */
import { FoleyError } from "@foley-control/core";
import { expect, test } from "vitest";
import { setPrompt } from "../document/commands.js";
import { fakeClip, fakeEngine, fakePlayer, fakeProjects, until } from "./fakes.test-support.js";
import { createFlow } from "./flow.js";
import type { Session } from "./session.js";

function page({ openClip = async (file: File) => fakeClip(file) } = {}) {
  const remembered: (string | undefined)[] = [];
  const projects = fakeProjects();
  const flow = createFlow({
    ...{ projects, openClip, engine: fakeEngine(), createPlayer: fakePlayer },
    remember: (project) => remembered.push(project),
  });
  const session = (): Session => {
    const { screen } = flow.state.getState();
    if (screen.type !== "studio") throw new Error(`The screen is ${screen.type}.`);
    return screen.session;
  };
  return { flow, projects, remembered, session };
}

const video = (name = "bounce.mp4", content = "video"): File => new File([content], name, { type: "video/mp4" });

test("a dropped video is a project with a cue over all of it, and what the picture says is found", async () => {
  const { flow, projects, session, remembered } = page();
  await flow.open([{ file: video() }]);
  const { project, view } = session();
  expect(project.store.getState().document).toMatchObject({
    name: "bounce",
    source: { name: "bounce.mp4", duration: 4, sound: true },
    layers: [{ cues: [{ start: 0, end: 4 }] }],
  });
  await until(() => view.getState().found !== undefined);
  expect(remembered).toEqual([project.id]);
  await flow.close();
  expect(flow.state.getState().screen.type).toBe("start");
  expect(remembered).toEqual([project.id, undefined]);
  expect(await projects.list()).toHaveLength(1);
});

test("what is no video is a sentence, and no project is made", async () => {
  const hint = "Choose another one.";
  const { flow, projects } = page({ openClip: () => Promise.reject(new FoleyError("no-video", "It is a text.", { hint })) });
  await flow.open([{ file: new File(["text"], "notes.txt") }]);
  expect(flow.state.getState()).toMatchObject({ screen: { type: "start" }, problem: { message: "It is a text.", hint } });
  expect(flow.state.getState().said).toBe(`It is a text. ${hint}`);
  await flow.open([{ file: new File([""], "a.txt") }, { file: new File([""], "b.txt") }]);
  expect(flow.state.getState().problem?.message).toMatch(/Among the 2 files there is no video/);
  expect(await projects.list()).toEqual([]);
});

test("of several videos one is asked for; nothing chosen changes nothing", async () => {
  const { flow, session } = page();
  await flow.open([{ file: video("a.mp4") }, { file: new File([""], "b.txt") }, { file: new File([""], "c.MOV") }]);
  const { screen } = flow.state.getState();
  expect(screen.type === "which" && screen.files.map(({ file }) => file.name)).toEqual(["a.mp4", "c.MOV"]);
  await flow.open([]);
  expect(flow.state.getState().screen).toBe(screen);
  await flow.open([{ file: video("a.mp4") }]);
  expect(session().clip?.file.name).toBe("a.mp4");
});

test("an opening that is cancelled shows nothing, and closes what it opened", async () => {
  let arrive: (clip: ReturnType<typeof fakeClip>) => void = () => undefined;
  const { flow } = page({ openClip: () => new Promise((resolve) => (arrive = resolve)) });
  const opening = flow.open([{ file: video() }]);
  expect(flow.state.getState().screen).toEqual({ type: "opening", name: "bounce.mp4" });
  await flow.close();
  const clip = fakeClip();
  arrive(clip);
  await opening;
  expect(flow.state.getState().screen.type).toBe("start");
  expect(clip.closed).toBe(true);
});

test("a project is opened without its video, which is shown again; another one is refused and the work stays", async () => {
  const { flow, session } = page();
  await flow.open([{ file: video() }]);
  const { project } = session();
  project.store.dispatch(setPrompt("cue-1", "gravel"));
  await flow.close();
  await flow.openProject(project.id);
  expect(session().clip).toBeUndefined();
  expect(await flow.askForVideo()).toBe(false);
  await session().make("cue-1");
  expect(session().view.getState().problem?.message).toMatch(/not open/);
  await flow.open([{ file: video("bounce.mp4", "other") }]);
  expect(session().clip).toBeUndefined();
  expect(session().view.getState().problem?.message).toMatch(/is not the video of this project/);
  await flow.open([{ file: video("moved and renamed.mp4") }]);
  expect(session().clip?.file.name).toBe("moved and renamed.mp4");
  expect(session().project.store.getState().document.layers[0]?.cues[0]?.prompt).toBe("gravel");
});

test("a project that is gone is a sentence on the first screen", async () => {
  const { flow, remembered } = page();
  await flow.openProject("nobody");
  expect(flow.state.getState()).toMatchObject({
    screen: { type: "start" },
    problem: { message: expect.stringMatching(/not there/) },
  });
  expect(remembered).toEqual([undefined]);
});

test("of ten videos each can be a project; the first is open, and one that is none is named", async () => {
  const names = ["a.mp4", "b.mp4", "broken.mp4"];
  const broken = new FoleyError("no-video", "It is none.", { hint: "Choose another one." });
  const openClip = async (file: File) => (file.name === "broken.mp4" ? Promise.reject(broken) : fakeClip(file));
  const { flow, projects, session } = page({ openClip });
  await flow.openAll(names.map((name) => ({ file: video(name) })));
  expect((await projects.list()).map(({ name }) => name).toSorted()).toEqual(["a", "b"]);
  expect(session().project.store.getState().document.name).toBe("a");
  expect(session().view.getState().warnings.join(" ")).toMatch(/broken\.mp4/);
});

test("an empty folder is told; several videos on an open project find its own, or are told", async () => {
  const { flow, session } = page();
  await flow.open([], { dropped: true });
  expect(flow.state.getState().problem?.message).toMatch(/no file/);
  await flow.open([{ file: video() }]);
  await flow.open([{ file: video("other.mp4") }, { file: video("third.mp4") }]);
  expect(session().view.getState().problem?.message).toMatch(/2 videos/);
  session().view.setState({ problem: undefined });
  await flow.open([{ file: video("other.mp4") }, { file: video() }]);
  expect(session().view.getState().problem).toBeUndefined();
});

test("a folder of which not everything was taken is told, whatever becomes of what was taken", async () => {
  const { flow, session } = page();
  await flow.open([{ file: new File([""], "a.txt") }, { file: new File([""], "b.txt") }], { dropped: true, cut: true });
  expect(flow.state.getState()).toMatchObject({
    problem: { message: expect.stringMatching(/no video/) },
    note: expect.stringMatching(/more than 500 files/),
    said: expect.stringMatching(/no video.*500 files/),
  });
  await flow.open([{ file: video("a.mp4") }, { file: video("b.mp4") }], { dropped: true, cut: true });
  expect(flow.state.getState()).toMatchObject({ screen: { type: "which" }, note: expect.stringMatching(/500/) });
  await flow.open([{ file: video() }]);
  expect(session().view.getState().warnings).toEqual([]);
  expect(flow.state.getState().note).toBeUndefined();
  await flow.open([{ file: video() }], { dropped: true, cut: true });
  expect(session().view.getState().warnings).toEqual([expect.stringMatching(/500/)]);
});
