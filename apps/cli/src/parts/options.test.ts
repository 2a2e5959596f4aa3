/** Help of the flags that name networks says what they take. */
import { VIDEO_ENCODER_RELEASES } from "@foley-control/video-encoder";
import { Command } from "commander";
import { expect, it } from "vitest";
import { partsOptions } from "./options.js";

it("names every family of encoders that can be opened", () => {
  const help = partsOptions(new Command(), "encoder").helpInformation();
  const families = Object.values(VIDEO_ENCODER_RELEASES).flatMap(({ published }) =>
    published.map(({ title }) => title.split(" ")[0] as string),
  );
  expect(new Set(families).size).toBeGreaterThan(4);
  for (const family of families) expect(help).toContain(family);
});
