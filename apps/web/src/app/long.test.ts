/** Takes that are too long to be made at once: heard while they grow, stopped, left and gone on with. */
import { expect, test } from "vitest";
import { newDocument } from "../document/new-document.js";
import type { EngineState } from "../engine/engine.js";
import { fakeClip, fakeEngine, fakePlayer, fakeProjects, until } from "./fakes.test-support.js";
import { makeSession } from "./make-session.js";

const CUE = "cue-1";

async function open(projects = fakeProjects(), id?: string) {
  const [clip, player, engine] = [fakeClip(), fakePlayer(), fakeEngine()];
  engine.state = { phase: "ready", longest: 1 } as EngineState;
  const document = newDocument("clip");
  const [layer] = document.layers;
  const project = id
    ? await projects.open(id)
    : await projects.create({ ...document, layers: [{ ...layer!, cues: [{ ...layer!.cues[0]!, end: 4, seed: 7 }] }] });
  const session = makeSession({ project, clip, player, engine, announce: () => undefined });
  const cue = () => project.store.getState().document.layers[0]!.cues[0]!;
  return { session, project, player, engine, cue, projects };
}

test("a long take has no draft; what is there of it is heard, the rest is silent, until it is whole", async () => {
  const { session, engine, player, cue } = await open();
  const making = session.make(CUE);
  await engine.give(3);
  expect(engine.requests.map(({ steps }) => steps)).toEqual(["refined"]);
  const [growing, original] = player.heard;
  expect(growing).toMatchObject({ duration: 1, gain: 1 });
  expect(original?.gain).toBe(0);
  expect(await growing?.read(1, 5)).toEqual([new Float32Array([1, 1, 0, 0])]);
  expect(session.view.getState().job?.growing).toMatchObject({ ready: 3, samples: 8 });
  await engine.give(2);
  // The same source goes on, with more in it.
  expect(player.heard[0]).toBe(growing);
  expect(await growing?.read(1, 5)).toEqual([new Float32Array([1, 1, 1, 1])]);
  session.view.setState({ listenToGrowing: false });
  expect(player.heard.map(({ id }) => id)).toEqual(["original"]);
  await engine.finish();
  await making;
  expect(cue().takes).toMatchObject([{ draft: false, samples: 8 }]);
  expect(player.heard[0]?.id).toBe(`${CUE} ${cue().takes[0]?.digest}`);
});

test("what is asked for while the engine starts waits for it, and has no draft either", async () => {
  const { session, engine } = await open();
  const ready = engine.state;
  engine.state = { phase: "starting" } as EngineState;
  let tell: ((state: EngineState) => void) | undefined;
  engine.subscribe = (listener) => {
    tell = listener;
    return () => undefined;
  };
  const making = session.make(CUE);
  await until(() => tell !== undefined);
  engine.state = ready;
  tell?.(ready);
  await engine.give(1);
  expect(engine.requests.map(({ steps }) => steps)).toEqual(["refined"]);
  session.cancel();
  await making;
});

test("a long take that was being made when the page was left may be gone on with; one that was stopped is not offered", async () => {
  const first = await open();
  void first.session.make(CUE);
  await first.engine.give(3);
  first.session.end();
  await until(() => first.session.view.getState().job === undefined);
  await first.project.close();
  const second = await open(first.projects, first.project.id);
  await until(() => second.session.view.getState().unfinished === CUE);
  const making = second.session.make(CUE);
  await second.engine.give(1);
  expect(second.session.view.getState().unfinished).toBeUndefined();
  second.session.cancel();
  await making;
  expect(await second.project.unfinished.get()).toBeUndefined();
  expect(second.cue().takes).toEqual([]);
});

test("a long clip is looked at in parts, which a take need not wait for", async () => {
  const { engine, project, player } = await open();
  const asked: [number, number][] = [];
  engine.findEvents = async ({ start, duration }) => {
    asked.push([start, duration]);
    return [{ time: start + 1, strength: 1, source: "encoder" }];
  };
  const clip = fakeClip();
  const long = { ...clip, info: { ...clip.info, duration: 180.5 } };
  const session = makeSession({ project, clip: long, player, engine, announce: () => undefined });
  await until(() => session.view.getState().found !== undefined);
  expect(asked).toEqual([
    [0, 60],
    [60, 60],
    [120, 60.5],
  ]);
  expect(session.view.getState().found?.map(({ time }) => time)).toEqual([1, 61, 121]);
});
