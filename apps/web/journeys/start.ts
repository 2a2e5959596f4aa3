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
];
