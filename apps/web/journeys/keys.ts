/** Keys: where they act, that one can be another, and the sheet that names them. And a video that changes under the page. */
import { appendFile, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Journey } from "./stage/stage.js";

const EVENT = { name: "Time of event 1" } as const;

/** The journeys. */
export const journeys: readonly Journey[] = [
  {
    name: "keys act in the timeline and not in a field; one that is chosen acts, after a reload too",
    async run({ page, clip, screen }) {
      await page.drop([await clip("bounce")]);
      const playhead = page.getByRole("slider", { name: "Playhead" });
      const remove = page.getByRole("button", { name: /^Remove event \d+$/ });
      await page.getByRole("spinbutton", EVENT).waitFor({ timeout: 60_000 });
      const before = await remove.count();
      const added = (count: number) => page.getByRole("button", { name: `Remove event ${before + count}` });
      const name = page.getByRole("textbox", { name: "Name of the project" });
      await name.fill("p");
      await name.says(/^p$/);
      await playhead.press("p");
      await added(1).waitFor();
      await playhead.press("Control+z");
      await added(1).waitFor({ state: "hidden" });
      await page.getByRole("button", { name: "Settings" }).click();
      await page.getByRole("button", { name: "Change the key of: Event here" }).click();
      await page.press("q");
      await screen("settings");
      await page.press("Escape");
      await playhead.press("q");
      await added(1).waitFor();
      await page.getByRole("banner").says(/Stored in this browser only/);
      await page.reload();
      await added(1).waitFor();
      await playhead.press("q");
      await added(2).waitFor();
      await page.getByRole("button", { name: "Keys" }).click();
      await screen("keys");
    },
  },
  {
    name: "something is found by a word and done; keys are taken as another program has them, and a conflict is told",
    async run({ page, clip, screen }) {
      await page.drop([await clip("bounce")]);
      const prompt = page.getByRole("textbox", { name: "What should it sound like?" });
      await prompt.press("Control+k");
      const palette = page.getByRole("dialog", { name: "What would you like to do?" });
      await palette.waitFor();
      await page.type("settings");
      await palette.getByRole("option", { name: /^Settings/ }).waitFor();
      await screen("palette");
      await page.press("Enter");
      const settings = page.getByRole("dialog", { name: "Settings" });
      await settings.getByRole("combobox", { name: "Keys as in" }).press("P");
      await settings.says(/Keys are now as in Premiere Pro/);
      await settings.getByRole("button", { name: "Change the key of: Make a take" }).click();
      await page.press("m");
      await settings.says(/M is now: Make a take\. It was: Event here\./);
      await settings.getByRole("combobox", { name: "Keys as in" }).press("F");
      await settings.says(/as in Foley Studio/);
      await page.press("Escape");
      await settings.waitFor({ state: "hidden" });
      // The focus is where it was; the last of what is found is chosen by arrows.
      await prompt.press("Control+k");
      await page.type("event here");
      await page.press("Enter");
      await page.getByRole("spinbutton", EVENT).waitFor();
    },
  },
  {
    name: "a video that changes while it is open is noticed, and what was done stays",
    // Firefox reads on in a file that has changed, and says nothing.
    only: "chromium",
    async run({ page, clip }) {
      const folder = await mkdtemp(join(tmpdir(), "foley-changing-"));
      try {
        const path = join(folder, "changing.mp4");
        await copyFile(await clip("bounce"), path);
        await page.drop([path]);
        await page.getByRole("textbox", { name: "Name of the project" }).says(/^changing$/);
        await appendFile(path, "more");
        await page.evaluate(() => window.dispatchEvent(new Event("focus")), undefined);
        await page.getByRole("region", { name: "Problem" }).says(/“changing\.mp4” was changed or moved/);
        await page.getByRole("textbox", { name: "Name of the project" }).says(/^changing$/);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    expectedErrors: /changing\.mp4|NotReadable/,
  },
];
