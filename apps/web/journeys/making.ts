/** Making sound: the first take, a moved event, several takes, stopping, an engine that is lost; and what is saved of it. */
import { readFile } from "node:fs/promises";
import { openMedia, videoPacketDigest } from "@foley-control/media/node";
import type { StudioPage } from "./stage/page.js";
import type { Journey, Stage } from "./stage/stage.js";

/** A take may wait for others on the machine. */
const LONG = { timeout: 120_000 };

const button = (page: StudioPage, name: string | RegExp) => page.getByRole("button", { name });

/** Drops a clip and waits for the studio. */
async function dropped({ page, clip }: Stage, name: "bounce" | "bounce-with-sound" = "bounce"): Promise<void> {
  await page.drop([await clip(name)]);
  await page.getByRole("textbox", { name: "What should it sound like?" }).waitFor(LONG);
}

/** Waits until nothing is being made and a take is there, refined. */
async function ready(page: StudioPage, take = "Take 1"): Promise<void> {
  await button(page, take).waitFor(LONG);
  await button(page, "Generate").waitFor(LONG);
}

/** Saves what there is as one format, and gives the path. */
async function saved(page: StudioPage, format?: RegExp): Promise<string> {
  await button(page, "Save…").click();
  const dialog = page.getByRole("dialog", { name: "Save the result" });
  if (format) await dialog.getByRole("radio", { name: format }).click();
  const path = await page.saved(() => dialog.getByRole("button", { name: "Save" }).click(), LONG);
  await dialog.says(/is saved, and is what was promised/, LONG);
  return path;
}

/** The samples of a WAV file of 24 bits. */
async function wavSamples(path: string): Promise<readonly number[]> {
  const bytes = await readFile(path);
  const at = bytes.indexOf("data", 12, "latin1") + 8;
  return Array.from({ length: Math.floor((bytes.length - at) / 3) }, (_, index) => bytes.readIntLE(at + 3 * index, 3));
}

/** Keeps each worker of the page, so that the journey may end one as a browser does that is short of memory. */
function keepWorkers(): void {
  const workers: { readonly worker: Worker; readonly name: string | undefined }[] = [];
  Object.assign(globalThis, { keptWorkers: workers });
  globalThis.Worker = class extends Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given);
      workers.push({ worker: this, name: given[1]?.name });
    }
  };
}

/** See above. */
export const journeys: readonly Journey[] = [
  {
    name: "first sound: a clip is dropped, a prompt and Enter make a draft that is refined, and it is saved with its picture untouched",
    async run(stage) {
      const { page, screen, clip } = stage;
      const begun = performance.now();
      await dropped(stage);
      const prompt = page.getByRole("textbox", { name: "What should it sound like?" });
      await prompt.fill("a ball bounces on wood zeppelin");
      await prompt.press("Enter");
      await button(page, "Take 1 draft").waitFor(LONG);
      const draft = (performance.now() - begun) / 1000;
      await ready(page);
      await page.getByRole("region", { name: "Sound" }).says(/does not know “zeppelin”/);
      await screen("a take");
      const path = await saved(page);
      await screen("saved");
      using before = await openMedia(await clip("bounce"));
      using after = await openMedia(path);
      const digests = [await videoPacketDigest(before), await videoPacketDigest(after)];
      if (digests[0]?.sha256 !== digests[1]?.sha256) throw new Error(`the picture is another: ${JSON.stringify(digests)}`);
      if (after.info.audio === undefined) throw new Error("there is no sound in what was saved");
      return `${draft.toFixed(1)} s to the draft`;
    },
  },
  {
    name: "a moved event moves its sound: time typed, made again, an onset lies there; and it is saved as sound alone",
    async run(stage) {
      const { page } = stage;
      await dropped(stage);
      const events = page.getByRole("region", { name: "Events" });
      const time = events.getByRole("spinbutton", { name: "Time of event 1" });
      await time.waitFor(LONG);
      await time.fill("1.3");
      await time.press("Enter");
      await button(page, "Generate").click();
      await ready(page);
      const moved = events.getByRole("spinbutton", { name: "Time of event 2" });
      const at = await moved.attribute("aria-valuenow");
      if (at !== "1.3") throw new Error(`the second event is at ${at} s`);
      const told = await events.getByRole("row").nth(2).text();
      const late = Number(/([+−]?\d+) ms/.exec(told)?.[1]?.replace("−", "-"));
      if (!(Math.abs(late) <= 40)) throw new Error(`the nearest onset is ${late} ms from the event: ${told}`);
      using sound = await openMedia(await saved(page, /WAV/));
      const { audio } = sound.info;
      if (audio?.sampleRate !== 48_000 || audio.duration !== 4) throw new Error(`the sound is ${JSON.stringify(audio)}`);
      return `the onset is ${late} ms late`;
    },
  },
  {
    name: "a range made anew: marked by keys, made by its button, heard there alone; all else is the same sample by sample, and undo takes it back",
    async run(stage) {
      const { page, screen } = stage;
      await dropped(stage);
      const head = page.getByRole("slider", { name: "Playhead" });
      await head.press("Shift+G");
      await page.getByRole("region", { name: "Problem" }).says(/no take yet/);
      await button(page, "Generate").click();
      await ready(page);
      await head.press("Home");
      for (let i = 0; i < 2; i++) await head.press("Shift+ArrowRight");
      await head.press("i");
      for (let i = 0; i < 2; i++) await head.press("Shift+ArrowRight");
      await head.press("o");
      await button(page, "Make range anew").click();
      await ready(page, "Take 2");
      await page.getByRole("region", { name: "Takes" }).says(/Made anew: 1\.25 to 2\.50 s/);
      await screen("a range made anew");
      const after = await wavSamples(await saved(page, /WAV/));
      await page.press("Escape");
      await page.press("Control+z");
      await button(page, "Take 2").waitFor({ state: "hidden" });
      const before = await wavSamples(await saved(page, /WAV/));
      const differs = before.flatMap((sample, index) => (sample === after[index] ? [] : [index / 48_000]));
      const [from, to] = [differs.at(0), differs.at(-1)];
      // What is saved has twice the rate of the take: a filter spreads a change by some milliseconds.
      if (from === undefined || to === undefined || from < 1.24 || to > 2.51 || after.length !== before.length)
        throw new Error(`${differs.length} samples are others, from ${from} to ${to} s`);
      return `${differs.length} of ${before.length} samples are others`;
    },
  },
  {
    name: "takes: another take, why it differs, choosing and the original while it plays, without losing the place",
    async run(stage) {
      const { page, screen } = stage;
      await dropped(stage, "bounce-with-sound");
      await button(page, "Generate").click();
      await ready(page);
      await button(page, "Another take").click();
      await ready(page, "Take 2");
      const takes = page.getByRole("region", { name: "Takes" });
      await takes.says(/Why is this different\?/);
      await screen("takes");
      const time = page.getByRole("timer", { name: "Time" });
      await button(page, "Loop").click();
      await button(page, "Play").click();
      await time.says(/00:00:0[1-9]/);
      await button(page, "Equally loud").click();
      await button(page, "Take 1").click();
      await button(page, "Hear the original").click();
      const at = await time.text();
      if (at.endsWith("00:00:00:00")) throw new Error(`the place was lost: ${at}`);
      await button(page, "Pause").click();
      if ((await button(page, "Hear the original").attribute("aria-pressed")) !== "true")
        throw new Error("the original is not heard");
      await button(page, "Take 2").click();
      if ((await button(page, "Hear the original").attribute("aria-pressed")) !== "false")
        throw new Error("the original is still heard");
      await button(page, "Favourite: take 2").click();
      await button(page, "Remove take 1").click();
      await button(page, "Take 2").waitFor({ state: "hidden" });
      await page.press("Control+z");
      await button(page, "Take 2").waitFor();
    },
  },
  {
    name: "cancelling stops at once, leaves nothing, and the next take is made",
    async run(stage) {
      const { page } = stage;
      await dropped(stage);
      await page.getByRole("spinbutton", { name: "Time of event 1" }).waitFor(LONG);
      await button(page, "Generate").click();
      await page.getByRole("progressbar", { name: /making the sound/ }).waitFor(LONG);
      const asked = performance.now();
      await button(page, "Cancel").click();
      await button(page, "Generate").waitFor({ timeout: 15_000 });
      const took = (performance.now() - asked) / 1000;
      if ((await button(page, /^Take/).count()) !== 0) throw new Error("there is a take of what was cancelled");
      await button(page, "Generate").click();
      await ready(page);
      return `stopped after ${took.toFixed(1)} s`;
    },
  },
  {
    name: "a lost engine: its worker ends in the middle of a take, it is started again, says so, and the take is made",
    before: keepWorkers,
    async run(stage) {
      const { page, screen } = stage;
      await dropped(stage);
      await page.getByRole("spinbutton", { name: "Time of event 1" }).waitFor(LONG);
      await button(page, "Generate").click();
      await page.getByRole("progressbar", { name: /making the sound/ }).waitFor(LONG);
      const ended = await page.evaluate((name: string) => {
        const kept = (globalThis as unknown as { keptWorkers: { worker: Worker; name: string }[] }).keptWorkers;
        const engines = kept.filter((one) => one.name === name);
        for (const { worker } of engines) worker.terminate();
        return engines.length;
      }, "foley-control-runtime");
      if (ended !== 1) throw new Error(`${ended} engines ran`);
      await ready(page);
      await button(page, "Models & storage").click();
      await page.getByRole("dialog", { name: "Models & storage" }).says(/ended unexpectedly\. It was started again/);
      await button(page, "Verify “Foley mini”").click();
      await page.getByRole("dialog").says(/The files are whole and belong together/, LONG);
      await screen("models");
    },
  },
];
