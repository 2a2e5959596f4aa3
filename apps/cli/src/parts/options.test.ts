/** Help of the flags that name networks says what they take. */
import { VIDEO_ENCODER_RELEASES } from "@foley-control/video-encoder";
import { Command } from "commander";
import { expect, it } from "vitest";
import { partsOptions, partsWords, SOUND_FLAGS } from "./options.js";

it("names every family of encoders that can be opened", () => {
  const help = partsOptions(new Command(), "encoder").helpInformation();
  const families = Object.values(VIDEO_ENCODER_RELEASES).flatMap(({ published }) =>
    published.map(({ title }) => title.split(" ")[0] as string),
  );
  expect(new Set(families).size).toBeGreaterThan(4);
  for (const family of families) expect(help).toContain(family);
});

it("encoders are named one by one, and said again as they were", () => {
  const command = partsOptions(
    new Command().exitOverride().configureOutput({ writeErr: () => undefined }),
    ...SOUND_FLAGS,
    "pooling",
  );
  const argv = ["--bridge", "b", "--encoder", "one, and more", "--encoder", "two", "--pooling", "grid8", "--pooling", "frame"];
  command.parse(argv, { from: "user" });
  expect(command.opts()).toMatchObject({ encoder: ["one, and more", "two"], pooling: ["grid8", "frame"] });
  expect([...partsWords(command.opts())].sort()).toEqual([...argv].sort());
  expect(() => command.parse(["--pooling", "no"], { from: "user" })).toThrow(/Allowed choices are frame, grid8, grid16/);
});
