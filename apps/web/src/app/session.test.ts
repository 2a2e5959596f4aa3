/** Making takes and hearing them: a draft first, refined in its place; stopped, failed, asked for twice; what is heard of a document. */
import { FoleyError } from "@foley-control/core";
import { expect, test } from "vitest";
import { chooseTake, setOriginal, setOriginalGain, setPrompt, setSeedLocked } from "../document/commands.js";
import { newDocument } from "../document/new-document.js";
import { actionsOf } from "./actions.js";
import { fakeClip, fakeEngine, fakePlayer, fakeProjects, until } from "./fakes.test-support.js";
import { makeSession } from "./make-session.js";

const CUE = "cue-1";

async function open() {
  const [clip, player, engine] = [fakeClip(), fakePlayer(), fakeEngine()];
  const document = newDocument("clip");
  const [layer] = document.layers;
  const project = await fakeProjects().create({
    ...document,
    layers: [{ ...layer!, cues: [{ ...layer!.cues[0]!, end: 4, seed: 7 }] }],
  });
  const said: string[] = [];
  const session = makeSession({ project, clip, player, engine, announce: (sentence) => said.push(sentence) });
  const cue = () => project.store.getState().document.layers[0]!.cues[0]!;
  const press = (name: keyof ReturnType<typeof actionsOf>, repeated = false): void =>
    void actionsOf(session)[name]?.({ repeated, held: new Set(), byKey: true });
  return { session, project, player, engine, said, cue, press };
}

test("a draft is heard first, the refined take is made from the same and takes its place, and the next seed is another", async () => {
  const { session, engine, player, cue, said } = await open();
  const making = session.make(CUE);
  await until(() => engine.requests.length === 1);
  expect(session.view.getState().job).toMatchObject({ cue: CUE, draft: true, progress: { share: 0.5 } });
  await engine.finish();
  await until(() => cue().takes.length === 1);
  expect(cue().takes).toMatchObject([{ draft: true, settings: { seed: 7, steps: 4 } }]);
  expect(player.heard.map(({ gain }) => gain)).toEqual([1, 0]);
  session.project.store.dispatch(setPrompt(CUE, "changed meanwhile"));
  await engine.finish();
  await making;
  expect(cue().takes).toMatchObject([{ draft: false, settings: { seed: 7, steps: 20, prompt: "" } }]);
  expect(cue().chosen).toBe(cue().takes[0]?.id);
  expect(cue().seed).not.toBe(7);
  expect(engine.requests.map(({ steps }) => steps)).toEqual(["draft", "refined"]);
  expect(session.view.getState().job).toBeUndefined();
  expect(said).toHaveLength(3);
  expect(await session.project.takes.read(cue().takes[0]!.digest, 0, 2)).toEqual([new Float32Array([2, 2])]);
});

test("a locked seed stays; what is stopped leaves what was finished, and no sentence about an error", async () => {
  const { session, project, engine, cue } = await open();
  project.store.dispatch(setSeedLocked(CUE, true));
  const making = session.make(CUE);
  await engine.finish();
  await until(() => engine.requests.length === 2);
  session.cancel();
  await making;
  expect(cue()).toMatchObject({ seed: 7, takes: [{ draft: true }] });
  expect(session.view.getState()).toMatchObject({ job: undefined, problem: undefined });
});

test("who asks again gets the later one; an error is a sentence", async () => {
  const { session, engine, cue } = await open();
  const first = session.make(CUE, { which: "refined" });
  await until(() => engine.requests.length === 1);
  const second = session.make(CUE, { which: "refined" });
  await until(() => engine.requests.length === 2);
  await engine.finish(new FoleyError("device-unavailable", "The device is gone.", { hint: "Ask again." }));
  await Promise.all([first, second]);
  expect(cue().takes).toEqual([]);
  expect(session.view.getState()).toMatchObject({
    job: undefined,
    problem: { message: "The device is gone.", hint: "Ask again." },
  });
});

test("what is heard: the clip alone, the take, both, the original, takes equally loud; the loop is the range", async () => {
  const { session, project, engine, player, cue, press } = await open();
  const gains = () => player.heard.map(({ id, gain }) => [id.split(" ")[0], Number(gain.toFixed(3))]);
  expect(gains()).toEqual([["original", 1]]);
  for (let n = 0; n < 2; n++) {
    const making = session.make(CUE, { which: "refined" });
    await engine.finish();
    await making;
  }
  expect(gains()).toEqual([
    [CUE, 1],
    ["original", 0],
  ]);
  project.store.dispatch(setOriginal("mix"));
  project.store.dispatch(setOriginalGain(-20));
  expect(gains()).toEqual([
    [CUE, 1],
    ["original", 0.1],
  ]);
  press("original");
  expect(gains()).toEqual([
    [CUE, 0],
    ["original", 1],
  ]);
  press("original");
  project.store.dispatch(chooseTake(CUE, cue().takes[0]!.id));
  session.view.setState({ equalLoudness: true });
  // −21 LUFS is brought down to the other's −22.
  expect(gains()[0]).toEqual([CUE, 0.891]);
  player.at = 1;
  press("rangeIn");
  press("loop");
  expect(player.looped).toEqual({ start: 1, end: 4 });
  press("rangeClear");
  expect(player.looped).toBeUndefined();
});

test("keys step by pictures, jump between events, move the selected one, and choose takes", async () => {
  const { session, player, project, press, cue, engine } = await open();
  await until(() => session.view.getState().found !== undefined);
  player.at = 0.5;
  press("frameOn");
  expect(player.at).toBeCloseTo(14 / 25);
  press("nextPoint");
  expect(player.at).toBe(1);
  press("previousPoint");
  expect(player.at).toBe(0);
  press("addEvent");
  expect(cue().events?.map(({ time }) => time)).toEqual([0, 1]);
  press("removeEvent");
  expect(cue().events?.map(({ time }) => time)).toEqual([1]);
  session.view.setState({ selection: { type: "event", cue: CUE, event: "found-0" } });
  const entries = project.store.getState().past.length;
  let release = (): void => undefined;
  const held = actionsOf(session, (then) => {
    release = then;
  });
  for (let n = 0; n < 5; n++) held.nudgeOn?.({ repeated: n > 0, held: new Set(), byKey: true });
  release();
  expect(cue().events?.[0]?.time).toBeCloseTo(1.2);
  expect(project.store.getState().past).toHaveLength(entries + 1);
  for (let n = 0; n < 2; n++) {
    const making = session.make(CUE, { which: "draft" });
    await engine.finish();
    await making;
  }
  press("previousTake");
  expect(cue().chosen).toBe(cue().takes[0]?.id);
  press("previousTake");
  expect(cue().chosen).toBe(cue().takes[0]?.id);
});

test("a marked range of the chosen take is made anew as a take of its own, which undo takes away; without one it is said what to do", async () => {
  const { session, project, player, engine, cue, press } = await open();
  press("makeRange");
  expect(session.view.getState().problem?.message).toMatch(/no take yet/);
  const first = session.make(CUE, { which: "refined" });
  await engine.finish();
  await first;
  press("makeRange");
  expect(session.view.getState().problem?.message).toMatch(/No range/);
  player.seek(0.25);
  press("rangeIn");
  player.seek(3);
  press("rangeOut");
  const making = session.makeRange(CUE);
  await engine.finish();
  await making;
  const { start, duration, steps, anew } = engine.requests.at(-1)!;
  // The take lasts a second: the range ends with it.
  expect({ start, duration, steps }).toEqual({ start: 0, duration: 4, steps: "refined" });
  expect(anew).toMatchObject({ start: 0.25, end: 1, take: { sampleRate: 8, samples: 8, events: [] } });
  expect(await anew!.take.read(0, 2)).toEqual([new Float32Array([1, 1])]);
  expect(session.view.getState()).toMatchObject({ problem: undefined, job: undefined });
  expect(cue().takes).toHaveLength(2);
  expect(cue().chosen).toBe(cue().takes[1]?.id);
  project.store.undo();
  expect(cue().takes).toHaveLength(1);
  expect(cue().chosen).toBe(cue().takes[0]?.id);
});
