/** What waits for what, and what stands beside what. */
import { expect, it } from "vitest";
import { inSchedule, type Scheduled } from "./schedule.js";
import { steps } from "./steps.js";

/** Beginnings (`+name`) and ends (`-name`) in their order, where each step lasts so long. */
async function timeline(list: readonly Scheduled[], lasts: Readonly<Record<string, number>>, most: number) {
  const found: string[] = [];
  const results = await inSchedule(
    list,
    async ({ name }) => {
      found.push(`+${name}`);
      await new Promise((resolve) => setTimeout(resolve, 20 * (lasts[name] ?? 1)));
      found.push(`-${name}`);
      return name;
    },
    most,
  );
  expect(results).toEqual(list.map(({ name }) => name));
  return found.join(" ");
}

const tests: Scheduled = { name: "tests", room: "most" };
const built: readonly Scheduled[] = [{ name: "build" }, { name: "packed", after: ["build"] }, { name: "other" }];

it("one step runs beside what takes most of the room, and what comes after another waits for that alone", async () => {
  expect(await timeline([tests, ...built], { tests: 9, build: 3 }, 3)).toBe(
    "+tests +build -build +packed -packed +other -other -tests",
  );
  expect(await timeline(built, { build: 3, packed: 3 }, 3)).toBe("+build +other -other -build +packed -packed");
});

it("what needs more room is not overtaken for ever, and what needs all of it is alone", async () => {
  expect(await timeline([{ name: "a" }, { name: "b" }, tests, { name: "c" }], { a: 3, tests: 9 }, 3)).toBe(
    "+a +b -b +tests -a +c -c -tests",
  );
  expect(await timeline([{ name: "alone", room: "all" }, { name: "a" }], {}, 3)).toBe("+alone -alone +a -a");
  expect(await timeline([tests, ...built], {}, 1)).toBe("+tests -tests +build -build +packed -packed +other -other");
});

it("of some steps alone, none waits for what is not among them; steps that wait for each other are a mistake", async () => {
  expect(await timeline(built.slice(1), { packed: 2 }, 2)).toBe("+packed +other -other -packed");
  const circle = [
    { name: "a", after: ["b"] },
    { name: "b", after: ["a"] },
  ];
  await expect(inSchedule(circle, async () => 0, 2)).rejects.toThrow("wait for each other: a, b");
});

it("each step of the check comes after steps that there are, earlier in the list", () => {
  const names = steps.map(({ name }) => name);
  for (const [at, { after = [] }] of steps.entries()) for (const one of after) expect(names.slice(0, at)).toContain(one);
});
