/** From a clip to a file with sound: by the keyboard alone, and when the page goes away in the middle. */
import { stat } from "node:fs/promises";
import { type StudioPage, type Thing, until } from "./stage/page.js";
import type { Journey, Stage } from "./stage/stage.js";

/** Making sound takes its time on two cores that do other things too. */
const LONG = 120_000;

const button = (page: StudioPage, name: string | RegExp): Thing => page.getByRole("button", { name });
const prompt = (page: StudioPage): Thing => page.getByRole("textbox", { name: "What should it sound like?" });

/** What has the focus, by its name. */
const focused = (page: StudioPage): Promise<string> =>
  page.evaluate(() => {
    const node = document.activeElement as (HTMLElement & { readonly labels?: NodeListOf<HTMLElement> }) | null;
    return (node?.getAttribute("aria-label") ?? node?.labels?.[0]?.textContent ?? node?.textContent ?? "").trim();
  }, undefined);

/**
 * Walks with the tab key to what has a name. The way may not lead over an end of the page: beyond it is the browser's own window, and where keys are sent
 * to the page all the same nothing there hears that the focus comes and goes, so that no number that is typed is taken.
 */
async function tabTo(page: StudioPage, name: RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  for (let steps = 0; steps < 80; steps++) {
    if (name.test(await focused(page))) return;
    if (!(await page.evaluate(() => document.hasFocus(), undefined))) throw new Error(`the page is left on the way to ${name}`);
    await page.press(key);
  }
  throw new Error(`80 times ${key} do not lead to ${name}`);
}

/** A clip with a take, by the shortest way. */
async function withTake({ page, clip }: Stage): Promise<void> {
  await button(page, "Choose a video…").waitFor();
  await page.drop([await clip("bounce")]);
  await prompt(page).fill("a wooden ball");
  await prompt(page).press("Enter");
  await button(page, "Another take").waitFor({ timeout: LONG });
}

/** Files that saving left behind in the page's own storage. */
const leftovers = (page: StudioPage): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const names: string[] = [];
    for await (const [name, handle] of root as unknown as AsyncIterable<[string, FileSystemHandle]>) {
      if (!/export|tmp/.test(name)) continue;
      if (handle.kind === "file") names.push(name);
      else
        for await (const inner of (handle as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(`${name}/${inner}`);
    }
    return names;
  }, undefined);

/** See above. */
export const journeys: readonly Journey[] = [
  {
    name: "by keyboard alone: a clip is opened, gets sound, an event is moved, undone, and the result is saved",
    async run({ page, clip }) {
      await button(page, "Choose a video…").waitFor();
      await tabTo(page, /^Choose a video/);
      await page.choose({ click: () => page.press("Enter") }, [await clip("bounce")]);
      // Nothing has to be looked for: the field has the focus.
      await until(async () => (/sound like/.test(await focused(page)) ? true : undefined), "the focus in the prompt");
      await page.type("a steel ball");
      await page.press("Enter");
      await button(page, "Another take").waitFor({ timeout: LONG });
      // No draft any more: what is undone below is the move, and no take that came after it.
      await button(page, "Take 1").waitFor({ timeout: LONG });
      await tabTo(page, /^Time of event 1$/);
      const time = page.getByRole("spinbutton", { name: "Time of event 1" });
      const before = Number(await time.attribute("aria-valuenow"));
      await page.press("ArrowUp");
      await page.press("Tab");
      const moved = Number(await time.attribute("aria-valuenow"));
      if (!(moved > before)) throw new Error(`the event was at ${before} s and is at ${moved} s`);
      // Where numbers are typed the keys are the field's own.
      await tabTo(page, /^Undo$/, "Shift+Tab");
      await page.press("Enter");
      await until(
        async () => (Number(await time.attribute("aria-valuenow")) === before ? true : undefined),
        "the event back where it was",
      );
      await tabTo(page, /^Save…$/);
      await page.press("Enter");
      await page.getByRole("dialog", { name: "Save the result" }).waitFor();
      await tabTo(page, /^Save$/);
      const path = await page.saved(() => page.press("Enter"), { timeout: LONG });
      const { size } = await stat(path);
      if (size < 10_000) throw new Error(`${path} has ${size} bytes`);
      return `event at ${before} s moved to ${moved} s and back, ${Math.round(size / 1000)} kB saved`;
    },
  },
  {
    name: "as a new user, by the screen alone: sound on a clip, one event moved, saved (the steps of the guide)",
    async run({ page, screen }) {
      await button(page, "Choose a video…").waitFor();
      await screen("guide-start");
      await button(page, "Try a sample clip").click();
      await prompt(page).fill("a stick taps on a glass bottle");
      await page.getByRole("button", { name: "Go to event 2" }).waitFor({ timeout: LONG });
      await screen("guide-described");
      await button(page, "Generate").click();
      await button(page, "Another take").waitFor({ timeout: LONG });
      await screen("guide-sound");
      const time = page.getByRole("spinbutton", { name: "Time of event 2" });
      const later = (Number(await time.attribute("aria-valuenow")) + 0.1).toFixed(2);
      await time.fill(later);
      await time.press("Enter");
      await button(page, "Another take").click();
      await button(page, /^Take 2/).waitFor({ timeout: LONG });
      await button(page, "Another take").waitFor({ timeout: LONG });
      await screen("guide-moved");
      await button(page, "Save…").click();
      const path = await page.saved(() => button(page, "Save").click(), { timeout: LONG });
      await page.getByRole("dialog", { name: "Save the result" }).says(/as promised|same/i);
      await screen("guide-saved");
      return `${Math.round((await stat(path)).size / 1000)} kB saved, event 2 at ${later} s`;
    },
  },
  {
    name: "the page is closed while it saves: the project is whole, nothing half is left behind",
    async run(stage) {
      const { page, newPage } = stage;
      await withTake(stage);
      await page.getByRole("banner").says(/Stored in this browser only/, { timeout: LONG });
      await button(page, "Save…").click();
      await page.getByRole("dialog", { name: "Save the result" }).waitFor();
      await button(page, "Save").click();
      await page.close();
      const again = await newPage();
      await button(again, /^bounce/).click();
      await button(again, /^Take 1/).waitFor({ timeout: LONG });
      const left = await leftovers(again);
      if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
    },
  },
];
