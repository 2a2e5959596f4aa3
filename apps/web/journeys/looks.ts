/** The same screens in the dark and in German: contrasts, longer words. */
import type { Journey } from "./stage/stage.js";

/** See above. */
export const journeys: readonly Journey[] = [
  {
    name: "in German and in the dark every screen is accessible, and all of its words are there, on a phone too",
    async run({ page, clip, screen }) {
      await page.evaluate(
        () =>
          localStorage.setItem("foley-studio-preferences", JSON.stringify({ theme: "dark", language: "de", units: "seconds" })),
        undefined,
      );
      await page.reload();
      const button = (name: string) => page.getByRole("button", { name });
      await button("Video auswählen …").waitFor();
      await screen("german-start");
      await page.drop([await clip("undecodable")]);
      await page.getByRole("region", { name: "Problem" }).says(/Das Bild von „undecodable\.mp4“ kann dieser Browser nicht/);
      await page.drop([await clip("text")]);
      await page
        .getByRole("region", { name: "Problem" })
        .says(/^Die Datei lässt sich nicht lesen.*laden Sie sie noch einmal.*notes\.mp4/);
      await screen("german-refused");
      await page.drop([await clip("bounce-with-sound")]);
      await page.getByRole("textbox", { name: "Wie soll es klingen?" }).waitFor();
      await page.getByRole("button", { name: /^Ereignis 2 bei/ }).waitFor({ timeout: 120_000 });
      await page.getByRole("button", { name: /^Ereignis 2 bei/ }).press("t");
      await screen("german-studio");
      for (const [name, title] of [
        ["Einstellungen", "german-settings"],
        ["Modelle und Speicher", "german-models"],
        ["Tasten", "german-keys"],
      ] as const) {
        await button(name).click();
        await page.getByRole("dialog").waitFor();
        await screen(title);
        await page.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "hidden" });
      }
      await page.press("Control+k");
      await page.getByRole("dialog", { name: "Was möchten Sie tun?" }).waitFor();
      await screen("german-palette");
      await page.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      await page.resize(390, 844);
      await button("Mehr").click();
      await button("Einstellungen").click();
      await page.getByRole("dialog", { name: "Einstellungen" }).waitFor();
    },
  },
];
