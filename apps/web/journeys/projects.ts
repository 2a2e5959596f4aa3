/** Projects: made of a dropped video, there again after a reload, a crash and in a second tab; what is refused, and a disk that is full. */
import type { ClipName } from "./stage/clips.js";
import type { StudioPage } from "./stage/page.js";
import type { Journey, Stage } from "./stage/stage.js";

const NAME = { name: "Name of the project" } as const;
const EVENT = { name: "Time of event 1" } as const;
/** What says that all is stored. */
const STORED = /Stored in this browser only/;

/** Drops a clip on the first screen and waits for the studio. */
async function opened({ page, clip }: Pick<Stage, "page" | "clip">): Promise<void> {
  await page.drop([await clip("bounce")]);
  await page.getByRole("textbox", NAME).waitFor();
}

const button = (page: StudioPage, name: string | RegExp) => page.getByRole("button", { name });

/** A file that is no video here is refused with a sentence, and the first screen stays. */
const refused = (file: ClipName, sentence: RegExp): Journey => ({
  name: `a dropped file that is no video here (${file}) is refused with a sentence that says what to do`,
  async run({ page, clip }) {
    await page.drop([await clip(file)]);
    await page.getByRole("region", { name: "Problem" }).says(sentence);
    await button(page, "Choose a video…").waitFor();
    if ((await button(page, /^Remove/).count()) > 0) throw new Error("A project was made of it.");
  },
});

/** The journeys. */
export const journeys: readonly Journey[] = [
  {
    name: "a dropped video becomes a project, which is in the list and is there after a reload; undo goes back to the beginning",
    async run({ page, clip, screen }) {
      await opened({ page, clip });
      const name = page.getByRole("textbox", NAME);
      await name.says(/^bounce$/);
      await name.fill("Ball on wood");
      await button(page, "Add at playhead").click();
      await page.getByRole("spinbutton", EVENT).waitFor();
      await page.getByRole("banner").says(STORED);
      await screen("studio");
      await page.reload();
      await name.says(/^Ball on wood$/);
      await page.getByRole("spinbutton", EVENT).waitFor();
      await button(page, "Undo").click();
      await button(page, "Undo").click();
      await name.says(/^bounce$/);
      if ((await button(page, "Undo").attribute("aria-disabled")) !== "true") throw new Error("There is more to undo.");
      await button(page, "All projects").click();
      await button(page, /^bounce/).waitFor();
      await screen("start-with-projects");
      await button(page, "Remove… bounce").click();
      await button(page, "Remove project").click();
      await button(page, /^bounce/).waitFor({ state: "hidden" });
    },
  },
  {
    name: "a saved copy of a project is a project again when it is dropped, and asks for its video",
    async run({ page, clip }) {
      await opened({ page, clip });
      await page.getByRole("textbox", NAME).fill("To keep");
      await button(page, "All projects").click();
      const copy = await page.saved(() => button(page, "Save a copy To keep").click());
      await button(page, "Remove… To keep").click();
      await button(page, "Remove project").click();
      await button(page, /^Remove/).waitFor({ state: "hidden" });
      await page.drop([copy]);
      await page.getByRole("textbox", NAME).says(/^To keep$/);
      await page.drop([await clip("bounce")]);
      await page.getByRole("region", { name: "Note" }).waitFor({ state: "hidden" });
    },
  },
  {
    name: "a second tab looks on until the first has closed the project, and then has what was done there",
    async run({ page, clip, newPage, origin }) {
      await opened({ page, clip });
      const hash = await page.evaluate(() => location.hash, undefined);
      const second = await newPage();
      await second.goto(`${origin}/${hash}`);
      await second.reload();
      await second.getByRole("main").says(/open in another tab/);
      await page.getByRole("textbox", NAME).fill("Changed in the first");
      await page.getByRole("banner").says(STORED);
      await button(page, "All projects").click();
      await button(second, "Open again to change it here").click();
      await second.getByRole("textbox", NAME).says(/^Changed in the first$/);
      await second.getByRole("textbox", NAME).fill("Changed in the second");
      await second.getByRole("banner").says(STORED);
    },
  },
  {
    name: "a browser that is killed while one types loses nothing that was there a second before",
    ownBrowser: true,
    async run({ page, clip, kill }) {
      await opened({ page, clip });
      await page.getByRole("textbox", NAME).fill("Done");
      await button(page, "Add at playhead").click();
      await page.getByRole("textbox", NAME).fill("Half a nam");
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const again = await kill();
      await button(again, /^Half a nam|^Done|^bounce/).click();
      await again.getByRole("textbox", NAME).says(/^Half a nam$/);
      await again.getByRole("spinbutton", EVENT).waitFor();
      await button(again, "Undo").click();
      await again.getByRole("textbox", NAME).says(/^Done$/);
    },
  },
  {
    name: "the video is shown again after a reload; another one is refused by name",
    async run({ page, clip }) {
      await opened({ page, clip });
      await page.getByRole("banner").says(STORED);
      await page.reload();
      await page.getByRole("region", { name: "Note" }).says(/“bounce.mp4”, has to be shown again/);
      await page.drop([await clip("drip")]);
      await page.getByRole("region", { name: "Problem" }).says(/“drip.mp4” is not the video of this project/);
      await button(page, "Dismiss").click();
      await page.drop([await clip("bounce")]);
      await page.getByRole("region", { name: "Note" }).waitFor({ state: "hidden" });
    },
  },
  {
    name: "a full disk is said, what is done stays in the tab, and is stored when there is room again",
    ownBrowser: "firefox",
    async run({ page, clip, browser }) {
      // What is still being kept would be no part of what is full.
      if (browser === "firefox") await page.getByRole("main").says(/works offline/);
      await opened({ page, clip });
      await page.getByRole("banner").says(STORED);
      await page.fillStorage(true);
      await page.getByRole("textbox", NAME).fill("x".repeat(300));
      await button(page, "Add at playhead").click();
      await page.getByRole("region", { name: "Problem" }).says(/no space left/);
      await page.getByRole("banner").says(/Not stored/);
      await page.fillStorage(false);
      await page.getByRole("banner").says(STORED);
      await page.reload();
      await page.getByRole("textbox", NAME).says(/^x{300}$/);
    },
  },
  {
    name: "of several dropped videos one is chosen; what is no video among them does not disturb",
    async run({ page, clip }) {
      await page.drop([await clip("text"), await clip("bounce"), await clip("drip")]);
      await button(page, "drip.mp4").click();
      await page.getByRole("textbox", NAME).says(/^drip$/);
    },
  },
  {
    name: "of several dropped videos each becomes a project, and the first is open; on an open project they are told",
    async run({ page, clip, screen }) {
      const videos = [await clip("bounce"), await clip("drip")];
      await page.drop(videos);
      await button(page, "drip.mp4").waitFor();
      await screen("several");
      await button(page, "Make a project of each of the 2").click();
      await page.getByRole("textbox", NAME).says(/^bounce$/);
      await page.drop([await clip("drip"), await clip("bounce-with-sound")]);
      await page.getByRole("region", { name: "Problem" }).says(/2 videos were given, and none is the one of this project/);
      await button(page, "All projects").click();
      await button(page, /^drip/).waitFor();
      await button(page, /^bounce/).waitFor();
    },
  },
  refused("text", /notes\.mp4/),
  refused("undecodable", /MPEG-4 part 2 \("mp4v"\).*No browser decodes it\. Convert it to H\.264/),
  refused("hevc", /Safari decodes it, as do Chrome and Edge.*Convert it to H\.264/),
  refused("empty", /empty\.mp4/),
  refused("sound-only", /sound-only\.wav/),
];
