/** Each key of the table, pressed: it does what the sheet says of it, and none of them is taken from a field in which text is typed. */
import { ACTIONS } from "../src/shortcuts/table.js";
import { type StudioPage, until } from "./stage/page.js";
import type { Journey } from "./stage/stage.js";

/** A take may wait for others on the machine. */
const LONG = { timeout: 120_000 };
/** Seconds of a picture of the clip. */
const FRAME = 1 / 16;
/** Seconds that times may differ by what a screen reader is told of them. */
const NEAR = 0.006;

const button = (page: StudioPage, name: string | RegExp) => page.getByRole("button", { name });
const head = (page: StudioPage) => page.getByRole("slider", { name: "Playhead" });
const numberOf = async (thing: ReturnType<typeof head>): Promise<number> => Number(await thing.attribute("aria-valuenow"));

/** Presses a key at the playhead, and waits until a value is what it should be. */
async function seen<T>(page: StudioPage, key: string, read: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  let last: T | undefined;
  await head(page).press(key);
  return until(async () => {
    last = await read();
    return good(last) ? { last } : undefined;
  }, `what ${key} does`).then(
    ({ last: value }) => value,
    (error: Error) => {
      throw new Error(`${error.message}; it is ${String(last)}`);
    },
  );
}

/** See above. */
export const journeys: readonly Journey[] = [
  {
    name: "every key of time, range and view does what the sheet of keys says of it, and none acts in a text field",
    async run({ page, clip }) {
      await page.drop([await clip("bounce-with-sound")]);
      const event = page.getByRole("spinbutton", { name: "Time of event 1" });
      await event.waitFor(LONG);
      const now = () => numberOf(head(page));
      const at = (key: string, seconds: number) => seen(page, key, now, (value) => Math.abs(value - seconds) < NEAR);
      await at("End", 4);
      await at("Home", 0);
      await at("ArrowRight", FRAME);
      await at("ArrowLeft", 0);
      await at("Shift+ArrowRight", 10 * FRAME);
      await at("Shift+ArrowLeft", 0);
      await at("ArrowDown", await numberOf(event));
      await at("ArrowUp", 0);
      await at("Shift+ArrowRight", 10 * FRAME);
      await at("Enter", 0);
      const pressedOf = (name: string) => () => button(page, name).attribute("aria-pressed");
      for (const [key, name] of [
        ["n", "Snap"],
        ["b", "Listen to the original"],
        ["Control+m", "Mute everything"],
        ["/", "Loop"],
      ] as const) {
        const before = await pressedOf(name)();
        await seen(page, key, pressedOf(name), (value) => value !== before);
        await seen(page, key, pressedOf(name), (value) => value === before);
      }
      // A range, seen by what is in the middle of the timeline once it is all that is shown.
      const middle = async (): Promise<number> => {
        await page.getByRole("region", { name: "Timeline" }).click({ at: { x: 0.5, y: 0.3 } });
        return now();
      };
      await head(page).press("Home");
      await at("Shift+ArrowRight", 10 * FRAME);
      await head(page).press("i");
      await at("Shift+ArrowRight", 20 * FRAME);
      await head(page).press("o");
      await seen(page, "z", middle, (value) => value > 10 * FRAME && value < 20 * FRAME);
      await seen(page, "/", pressedOf("Loop"), (value) => value === "true");
      await seen(page, "Alt+x", pressedOf("Loop"), (value) => value === "false");
      const whole = await seen(page, "Shift+Z", middle, (value) => value > 1.5 && value < 2.2);
      await head(page).press("Home");
      await seen(page, "=", middle, (value) => value < whole - 0.1);
      await head(page).press("Home");
      await seen(page, "-", middle, (value) => Math.abs(value - whole) < 0.05);
      // Playing: on, off, on, stop, back.
      const plays = (name: string) => () => button(page, name).count();
      await head(page).press("Home");
      await seen(page, "Space", plays("Pause"), (count) => count === 1);
      await seen(page, "Space", plays("Play"), (count) => count === 1);
      await head(page).press("Home");
      await seen(page, "l", plays("Pause"), (count) => count === 1);
      await seen(page, "k", plays("Play"), (count) => count === 1);
      await head(page).press("End");
      await seen(page, "j", now, (value) => value < 4 - FRAME);
      await seen(page, "k", plays("Play"), (count) => count === 1);
      // K held while L or J is pressed: a picture on, a picture back.
      await at("Home", 0);
      await at("k+l", FRAME);
      await at("k+l", 2 * FRAME);
      await at("k+j", FRAME);
      await page.press("?");
      await page
        .getByRole("dialog", { name: "Keyboard" })
        .getByRole("table", { name: "With the mouse, in the timeline" })
        .says(/Ctrl and wheel/);
      await page.press("Escape");
      // Every key that is a single sign, in a field.
      const signs = Object.values(ACTIONS).flatMap(({ keys }) => keys.filter((key) => key.length === 1));
      const words = signs.join("").toLowerCase();
      const name = page.getByRole("textbox", { name: "Name of the project" });
      const events = await page.getByRole("button", { name: /^Remove event/ }).count();
      await name.fill(words);
      if ((await name.value()) !== words) throw new Error(`of ${words} a field has ${await name.value()}`);
      if ((await button(page, /^Remove event/).count()) !== events) throw new Error("a key that was typed changed the events");
      if ((await page.getByRole("dialog").count()) > 0) throw new Error("a key that was typed opened a dialog");
      return `${signs.length} signs typed`;
    },
  },
  {
    name: "every key of events, takes and dialogs does what the sheet of keys says of it",
    async run({ page, clip }) {
      await page.drop([await clip("bounce")]);
      await page.getByRole("spinbutton", { name: "Time of event 1" }).waitFor(LONG);
      const removers = () => button(page, /^Remove event/).count();
      const found = await removers();
      await head(page).press("Home");
      await seen(page, "p", removers, (count) => count === found + 1);
      await seen(page, "Delete", removers, (count) => count === found);
      await seen(page, "Control+z", removers, (count) => count === found + 1);
      await seen(page, "Control+y", removers, (count) => count === found);
      await seen(page, "Control+z", removers, (count) => count === found + 1);
      await seen(page, "Control+Shift+Z", removers, (count) => count === found);
      await head(page).press("Home");
      await seen(page, "p", removers, (count) => count === found + 1);
      const time = () => numberOf(page.getByRole("spinbutton", { name: "Time of event 1" }));
      const near = (seconds: number) => (value: number) => Math.abs(value - seconds) < NEAR;
      await seen(page, ".", time, near(FRAME));
      await seen(page, ",", time, near(0));
      await seen(page, "Alt+.", time, near(0.01));
      await seen(page, "Alt+,", time, near(0));
      const kind = page.getByRole("combobox", { name: "Kind, any word" });
      await head(page).press("t");
      await page.type("knock");
      await until(async () => ((await kind.value()) === "knock" ? true : undefined), "a kind that is typed after T");
      await seen(page, "Delete", removers, (count) => count >= found);
      for (const [key, title] of [
        ["?", "Keyboard"],
        ["Control+k", "What would you like to do?"],
        ["Control+s", "Save the result"],
      ] as const) {
        await head(page).press(key);
        await page.getByRole("dialog", { name: title }).waitFor();
        await page.press("Escape");
        await page.getByRole("dialog", { name: title }).waitFor({ state: "hidden" });
      }
      await page.getByRole("region", { name: "Sound" }).getByRole("group").nth(0).click(); // settings
      await page.getByRole("spinbutton", { name: "Steps: more are finer and slower" }).fill("2");
      await page.press("Enter");
      await head(page).press("g");
      await button(page, "Take 1").waitFor(LONG);
      await button(page, "Another take").waitFor(LONG);
      await head(page).press("r");
      await button(page, "Take 2").waitFor(LONG);
      await button(page, "Another take").waitFor(LONG);
      const first = () => button(page, "Take 1").attribute("aria-pressed");
      await seen(page, "[", first, (pressed) => pressed === "true");
      await seen(page, "]", first, (pressed) => pressed === "false");
    },
  },
];
