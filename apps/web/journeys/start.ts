/** The first screen. */
import type { Journey } from "./stage/stage.js";

/** What one sees first. */
export const journeys: readonly Journey[] = [
  {
    name: "the first screen is there, accessible, and says that the video stays",
    async run({ page, screen }) {
      await page.getByRole("heading", { name: /Foley/ }).waitFor();
      await page.getByRole("main").says(/stays on this machine/);
      await screen("start");
    },
  },
  {
    name: "a video that the studio was called with is open, and is not opened again by a reload",
    video: "bounce",
    async run({ page }) {
      await page.getByRole("textbox", { name: "Name of the project" }).says(/given/);
      if (await page.evaluate(() => location.search !== "", undefined)) throw new Error("the address still asks for it");
    },
  },
  {
    name: "a video that is chosen is a project",
    async run({ page, clip, screen }) {
      await page.choose(page.getByRole("button", { name: "Choose a video…" }), [await clip("bounce")]);
      await page.getByRole("textbox", { name: "Name of the project" }).says(/bounce/);
      await screen("studio");
    },
  },
  {
    name: "the sample clip is a project, and is found again by a reload",
    async run({ page, browser }) {
      await page.getByRole("button", { name: "Try a sample clip" }).click();
      const name = page.getByRole("textbox", { name: "Name of the project" });
      await name.says(/sample clip/);
      await page.getByRole("spinbutton", { name: "Time of event 1" }).waitFor({ timeout: 120_000 });
      await page.getByRole("banner").says(/Stored in this browser only/);
      await page.reload();
      await name.says(/sample clip/);
      await page.getByRole("button", { name: "Play" }).waitFor();
      const shown = await page.getByRole("button", { name: /^Show “/ }).count();
      if (shown > 0) throw new Error(`${browser} asks for the sample clip again`);
    },
  },
  {
    name: "a video that is dropped is a project",
    async run({ page, clip }) {
      await page.getByRole("button", { name: "Choose a video…" }).waitFor();
      await page.drop([await clip("bounce")]);
      await page.getByRole("textbox", { name: "Name of the project" }).says(/bounce/);
    },
  },
];
