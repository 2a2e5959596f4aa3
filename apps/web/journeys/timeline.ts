/** Playing, scrubbing, and events on the timeline: by mouse, by key and by number. */
import { type StudioPage, until } from "./stage/page.js";
import type { Journey, Stage } from "./stage/stage.js";

/** Counts what React renders, from before it starts. */
function countRenders(): void {
  const counted = globalThis as unknown as { renders: number; __REACT_DEVTOOLS_GLOBAL_HOOK__: object };
  counted.renders = 0;
  counted.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    ...{ supportsFiber: true, renderers: new Map(), checkDCE: () => undefined, inject: () => 1 },
    ...{ onCommitFiberUnmount: () => undefined, onPostCommitFiberRoot: () => undefined },
    onCommitFiberRoot: () => counted.renders++,
  };
}

const renders = (page: StudioPage): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as { readonly renders: number }).renders, undefined);

/** Opens a clip and waits for its first picture. */
async function open({ page, clip }: Stage): Promise<void> {
  await page.drop([await clip("bounce-with-sound")]);
  await page.getByRole("region", { name: "Timeline" }).waitFor();
}

const secondsOf = async (page: StudioPage): Promise<number> =>
  Number(await page.getByRole("slider", { name: "Playhead" }).attribute("aria-valuenow"));

const place = async (page: StudioPage, seconds: number): Promise<void> => {
  await until(
    async () => (Math.abs((await secondsOf(page)) - seconds) < 0.051 ? true : undefined),
    `the playhead at ${seconds} s`,
  );
};

const timeField = (page: StudioPage, number: number) => page.getByRole("spinbutton", { name: `Time of event ${number}` });

const timeOf = async (page: StudioPage, number: number): Promise<number> =>
  Number(await timeField(page, number).attribute("aria-valuenow"));

/** Journeys of the timeline and the picture. */
export const journeys: readonly Journey[] = [
  {
    name: "a clip plays and pauses, and React renders nothing meanwhile",
    before: countRenders,
    async run(stage) {
      const { page } = stage;
      await open(stage);
      // In a loop, so that a slow machine does not come to the end of the clip first.
      await page.getByRole("button", { name: "Loop" }).click();
      await page.getByRole("button", { name: "Play" }).click();
      await page.getByRole("button", { name: "Pause" }).waitFor();
      const moved = async (from: number): Promise<number> =>
        until(async () => ((await secondsOf(page)) === from ? undefined : secondsOf(page)), "a playhead that moves");
      const rendered = async (milliseconds: number): Promise<number> => {
        const before = await renders(page);
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        return (await renders(page)) - before;
      };
      await moved(await moved(0));
      // What the engine finds and the worker reads meanwhile is told to panes. Renders of the playing itself would never end.
      const from = await secondsOf(page);
      await until(
        async () => ((await rendered(1000)) === 0 ? true : undefined),
        "a second in which React renders nothing while it plays",
      );
      await moved(from);
      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByRole("button", { name: "Play" }).waitFor();
      const stood = await secondsOf(page);
      await new Promise((resolve) => setTimeout(resolve, 300));
      if ((await secondsOf(page)) !== stood) throw new Error("the playhead moves while nothing plays");
      if ((await renders(page)) === 0) throw new Error("renders are not counted");
      return "0 renders in a second";
    },
  },
  {
    name: "the timeline is scrubbed and zoomed",
    async run(stage) {
      const { page } = stage;
      await open(stage);
      const timeline = page.getByRole("region", { name: "Timeline" });
      const head = page.getByRole("slider", { name: "Playhead" });
      const whole = Number(await head.attribute("aria-valuemax"));
      await timeline.drag({ x: 0.3, y: 0.3 }, { x: 0.6, y: 0.3 });
      const scrubbed = await secondsOf(page);
      if (!(scrubbed > 0.3 * whole && scrubbed < 0.8 * whole)) throw new Error(`scrubbed to ${scrubbed} s of ${whole} s`);
      await head.press("Home");
      await place(page, 0);
      await head.press("ArrowRight");
      await until(async () => ((await secondsOf(page)) > 0.01 ? true : undefined), "one picture on");
      await head.press("End");
      await place(page, whole);
      // Closer, the same place on the screen is another time.
      for (let i = 0; i < 4; i++) await page.getByRole("button", { name: "Zoom in" }).click();
      await timeline.click({ at: { x: 0.5, y: 0.3 } });
      const close = await secondsOf(page);
      await page.getByRole("button", { name: "Show all" }).click();
      await timeline.click({ at: { x: 0.5, y: 0.3 } });
      const far = await secondsOf(page);
      if (!(close > far + 0.2)) throw new Error(`the middle is ${close} s when close, ${far} s when far`);
    },
  },
  {
    name: "an event is added, moved by mouse, by key and by number, and each is one step of undo",
    async run(stage) {
      const { page } = stage;
      await open(stage);
      const head = page.getByRole("slider", { name: "Playhead" });
      const one = page.getByRole("toolbar", { name: "Events on the timeline" }).getByRole("button").nth(0);
      await head.press("Home");
      for (let i = 0; i < 3; i++) await head.press("Shift+ArrowRight");
      const added = await until(async () => ((await secondsOf(page)) > 0.5 ? secondsOf(page) : undefined), "a second place");
      await head.press("p");
      const number = await page.getByRole("toolbar", { name: "Events on the timeline" }).getByRole("button").count();
      if (number < 1) throw new Error("no event was added");
      // Of all events the one at the playhead: its number is its place in time.
      const table = page.getByRole("table");
      await table.waitFor();
      let index = 0;
      for (let i = 1; i <= number; i++) if (Math.abs((await timeOf(page, i)) - added) < 0.01) index = i;
      if (index === 0) throw new Error(`no event at ${added} s in the table`);
      const button = page.getByRole("button", { name: new RegExp(`^Event ${index} `) });
      const seconds = (): Promise<number> => timeOf(page, index);
      await button.drag({ x: 0.5, y: 0.5 }, { x: 1.5, y: 0.5 });
      const dragged = await until(
        async () => ((await seconds()) > added + 0.01 ? seconds() : undefined),
        "an event that was dragged",
      );
      await button.press(".");
      await until(async () => ((await seconds()) > dragged + 0.01 ? true : undefined), "an event one picture later");
      await timeField(page, index).fill("0.25");
      await page.press("Enter");
      await until(async () => ((await timeOf(page, 1)) === 0.25 ? true : undefined), "an event at 0.25 s");
      await stage.screen("timeline");
      await one.focus();
      for (const undone of ["number", "key", "mouse", "adding"]) {
        await page.press("Control+z");
        const value = undone === "adding" ? undefined : await seconds();
        const right =
          undone === "number"
            ? (value ?? 0) > dragged + 0.01
            : undone === "key"
              ? Math.abs((value ?? 0) - dragged) < 0.002
              : undone === "mouse"
                ? Math.abs((value ?? 0) - added) < 0.002
                : true;
        if (!right) throw new Error(`after undoing the ${undone} the event is at ${value} s`);
      }
    },
  },
  {
    name: "times are shown and typed as one chooses, and what happens at an event is said by key",
    async run(stage) {
      const { page } = stage;
      await open(stage);
      const head = page.getByRole("slider", { name: "Playhead" });
      await head.press("Home");
      for (let i = 0; i < 3; i++) await head.press("ArrowRight");
      await head.press("p");
      // Of its own accord the engine may find others; this one is the first.
      const field = timeField(page, 1);
      const rate = 3 / (await secondsOf(page));
      await until(async () => ((await field.value()) === "00:00:00:03" ? true : undefined), "the event as timecode");
      const units = async (name: string): Promise<void> => {
        await page.getByRole("button", { name: "Settings" }).click();
        await page.getByRole("combobox", { name: "Times as" }).press(name);
        await page.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "hidden" });
      };
      await units("f");
      await page.getByRole("timer", { name: "Time" }).says(/^3$/);
      if ((await head.attribute("aria-valuetext")) !== "3")
        throw new Error(`the playhead is ${await head.attribute("aria-valuetext")}`);
      await field.fill("2");
      await page.press("Enter");
      await page.getByRole("button", { name: /^Event 1 at 2,/ }).waitFor();
      if (Math.abs((await timeOf(page, 1)) - 2 / rate) > 1e-3) throw new Error(`2 pictures are ${await timeOf(page, 1)} s`);
      await units("s");
      await field.says(/^0\.\d{3}$/);
      await field.fill("62 ms");
      await page.press("Enter");
      await page.getByRole("button", { name: /^Event 1 at 0\.062,/ }).press("t");
      await page.type("splash");
      await page.press("Tab");
      await page.getByRole("button", { name: /^Event 1 at 0\.062,.*, splash/ }).waitFor();
      await head.press("Control+z");
      await page.getByRole("button", { name: /splash/ }).waitFor({ state: "hidden" });
      await units("t");
      await head.focus();
    },
  },
];
