/** A clip that is too long to be made at once: heard while it is made, stopped, the page closed in the middle, gone on with, and saved. */
import { openMedia } from "@foley-control/media/node";
import { WINDOWS } from "../src/storage/room.js";
import { until } from "./stage/page.js";
import type { Journey } from "./stage/stage.js";

/** A take may wait for others on the machine. */
const LONG = { timeout: 150_000 };

/** Names and sizes of what a folder of the page's private file system holds. */
const listFolder = async (path: string): Promise<readonly (readonly [string, number])[]> => {
  let folder = await navigator.storage.getDirectory();
  try {
    for (const name of path.split("/")) folder = await folder.getDirectoryHandle(name);
  } catch {
    return [];
  }
  const found: [string, number][] = [];
  for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>)
    if (handle.kind === "file") found.push([name, (await (handle as FileSystemFileHandle).getFile()).size]);
    else found.push([name, 0]);
  return found;
};

/** See above. */
export const journeys: readonly Journey[] = [
  {
    name: "a long take: it is heard while the rest is made, the page is loaded anew in the middle, it goes on with what is kept, and is saved",
    async run({ page, clip, screen }) {
      const button = (name: string | RegExp) => page.getByRole("button", { name });
      const windows = () => page.evaluate(listFolder, WINDOWS);
      await page.drop([await clip("long")]);
      await page.getByRole("textbox", { name: "What should it sound like?" }).waitFor(LONG);
      await page.getByRole("region", { name: "Sound" }).getByRole("group").nth(0).click(); // settings
      await page.getByRole("spinbutton", { name: "Steps: more are finer and slower" }).fill("2");
      await page.press("Enter");
      await button("Generate").click();
      await page.getByRole("progressbar", { name: /Refined take/ }).waitFor(LONG);
      const growing = button("Take 1, still being made");
      await growing.waitFor(LONG);
      const takes = page.getByRole("region", { name: "Takes" });
      await takes.says(/0:(09|1\d|2\d) of 0:30 can be heard/, LONG);
      if ((await growing.attribute("aria-pressed")) !== "true") throw new Error("what is there is not heard");
      await button("Play").click();
      // What is heard then is told by tests; a level is seen only by a machine that is quick enough to look.
      await page.getByRole("timer", { name: "Time" }).says(/00:00:0[1-9]/, LONG);
      await screen("a long take");
      await page.getByRole("region", { name: "Sound" }).says(/0:\d\d of 0:30 finished/, LONG);
      const kept = (await windows()).length;
      if (kept === 0) throw new Error("no finished window is kept");

      await page.reload();
      // Where the browser kept no way to the video it is shown again.
      const again = button(/^(Allow reading|Show) “/);
      const there = async () => ((await button("Go on").count()) + (await again.count()) > 0 ? true : undefined);
      await until(there, "the project", LONG.timeout);
      if ((await again.count()) > 0) await page.drop([await clip("long")]);
      await button("Go on").click();
      await button("Take 1").waitFor(LONG);
      await button("Generate").waitFor(LONG);
      const after = await windows();
      const projects = await page.evaluate(listFolder, "projects");
      const files = await page.evaluate(listFolder, `projects/${projects[0]?.[0]}/takes`);
      const sizes = files.map(([name, size]) => [name.split(".")[1], size]);
      if (sizes.length !== 1 || sizes[0]?.[0] !== "f32") throw new Error(`in the folder of takes lies ${JSON.stringify(sizes)}`);
      await button("Save…").click();
      const dialog = page.getByRole("dialog", { name: "Save the result" });
      await dialog.getByRole("radio", { name: /WAV/ }).click();
      const path = await page.saved(() => dialog.getByRole("button", { name: "Save" }).click(), LONG);
      using sound = await openMedia(path);
      if (sound.info.audio?.duration !== 30) throw new Error(`the sound is ${JSON.stringify(sound.info.audio)}`);
      return `${kept} windows were kept, of ${after.length}`;
    },
  },
];
