/** Videos that are odd: turned, at no rate, very large, very long; folders and many at once. */
import { openMedia } from "@foley-control/media/node";
import { type StudioPage, type Thing, until } from "./stage/page.js";
import type { Journey, Stage } from "./stage/stage.js";

/** A take may wait for others on the machine. */
const LONG = { timeout: 120_000 };

const button = (page: StudioPage, name: string | RegExp): Thing => page.getByRole("button", { name });

/** Opens a clip, and waits until its picture is there; gives width and height of that. */
async function opened({ page, clip }: Pick<Stage, "page" | "clip">, name: Parameters<Stage["clip"]>[0]) {
  await page.drop([await clip(name)]);
  await page.getByRole("region", { name: "Timeline" }).waitFor(LONG);
  return until(
    () =>
      page.evaluate(() => {
        // What no role tells: the size of the picture that is shown.
        const canvas = document.querySelector("canvas");
        const { width, height } = canvas as HTMLCanvasElement;
        return width === 300 && height === 150 ? undefined : ([width, height] as const);
      }, undefined),
    "a picture",
    LONG.timeout,
  );
}

/** Makes a take in few steps and saves it: the picture of the file is that of the clip, packet by packet, which the studio compares too. */
async function savedWithSound({ page, clip }: Stage, name: Parameters<Stage["clip"]>[0]): Promise<string> {
  await page.getByRole("region", { name: "Sound" }).getByRole("group").nth(0).click(); // settings
  await page.getByRole("spinbutton", { name: "Steps: more are finer and slower" }).fill("2");
  await page.press("Enter");
  await button(page, "Generate").click();
  await button(page, "Another take").waitFor(LONG);
  await button(page, "Take 1").waitFor(LONG);
  await button(page, "Save…").click();
  const path = await page.saved(() => button(page, "Save").click(), LONG);
  await page.getByRole("dialog", { name: "Save the result" }).says(/as promised|same/i);
  using saved = await openMedia(path);
  using given = await openMedia(await clip(name));
  const [one, other] = [saved.info.video, given.info.video];
  if (one === undefined || other === undefined || saved.info.audio === undefined) throw new Error("picture or sound is missing");
  if (one.width !== other.width || one.height !== other.height) throw new Error(`${one.width}×${one.height} were saved`);
  if (Math.abs(one.duration - other.duration) > 0.001) throw new Error(`${one.duration} s of ${other.duration} s were saved`);
  return `${one.width}×${one.height}, ${one.duration.toFixed(3)} s`;
}

/** See above. */
export const journeys: readonly Journey[] = [
  {
    name: "a video that was turned is shown upright, and saved as it is",
    async run(stage) {
      const [width, height] = await opened(stage, "rotated");
      if (!(height > width)) throw new Error(`the picture is shown ${width}×${height}`);
      return savedWithSound(stage, "rotated");
    },
  },
  {
    name: "a video whose pictures come at varying times gets sound, and is saved as it is",
    async run(stage) {
      await opened(stage, "varying");
      return savedWithSound(stage, "varying");
    },
  },
  {
    name: "4K at 60 pictures a second is opened and plays",
    async run(stage) {
      const { page } = stage;
      const [width] = await opened(stage, "4k60");
      // No larger than the page shows it.
      if (width > 2000) throw new Error(`the picture is ${width} pixels wide`);
      const head = page.getByRole("slider", { name: "Playhead" });
      await button(page, "Loop").click();
      await button(page, "Play").click();
      await until(async () => (Number(await head.attribute("aria-valuenow")) > 0.2 ? true : undefined), "a playhead that moves");
      await button(page, "Pause").click();
    },
  },
  {
    name: "a video of two hours is opened, and its end is reached at once",
    async run(stage) {
      const { page } = stage;
      const begun = performance.now();
      await opened(stage, "two-hours");
      const shown = performance.now() - begun;
      const head = page.getByRole("slider", { name: "Playhead" });
      if (Number(await head.attribute("aria-valuemax")) !== 7200) throw new Error(`${await head.attribute("aria-valuemax")} s`);
      await head.press("End");
      await page.getByRole("timer").says(/^0?2:00:00|^01:59:59/);
      await button(page, "Add at playhead").click();
      await page.getByRole("spinbutton", { name: "Time of event 1" }).waitFor();
      return `shown after ${(shown / 1000).toFixed(1)} s`;
    },
  },
  {
    name: "a folder that is dropped is looked through for videos",
    // Firefox is driven by a way that drops files alone.
    only: "chromium",
    async run({ page, clip }) {
      await button(page, "Choose a video…").waitFor();
      await page.drop([await clip("folder")]);
      await page.getByRole("textbox", { name: "Name of the project" }).says(/^inside$/);
    },
  },
  {
    name: "of ten videos at once one is chosen",
    async run({ page, clip }) {
      const path = await clip("varying");
      await button(page, "Choose a video…").waitFor();
      await page.drop([...Array.from({ length: 9 }, () => path), await clip("bounce")]);
      await page.getByRole("main").says(/10 videos were given/);
      await button(page, "bounce.mp4").click();
      await page.getByRole("textbox", { name: "Name of the project" }).says(/^bounce$/);
    },
  },
];
