/** Decimals are written with the sign of the chosen language everywhere, and both signs are read. */
import { afterEach, expect, test } from "vitest";
import { compare } from "../deliver/promise.js";
import { shownLag } from "../timeline/lens.js";
import { parseTime, shownTime, writtenTime } from "../timeline/timecode.js";
import { decimal, megabytes, parseDecimal } from "./numbers.js";
import { chooseLanguage } from "./text.js";

afterEach(() => chooseLanguage(["en"]));

test("a comma in German, a point in English", async () => {
  const all = (): readonly string[] => [
    ...[decimal(0.5, 2), decimal(-22.04, 1), decimal(1.25), decimal(7)],
    ...[
      megabytes(1.5e6).replace(/\s/, " "),
      shownLag(0.004, 25),
      shownTime(1.2345, 25, "seconds"),
      writtenTime(0.503, 30, "timecode"),
    ],
  ];
  await chooseLanguage(["de-AT"]);
  expect(all()).toEqual(["0,50", "-22,0", "1,25", "7", "1,5 MB", "+4 ms · +0,1 Bilder", "1,234", "00:00:00:15,09"]);
  await chooseLanguage(["en-GB"]);
  expect(all()).toEqual(["0.50", "-22.0", "1.25", "7", "1.5 MB", "+4 ms · +0.1 f", "1.234", "00:00:00:15.09"]);
});

test("what was promised of a file and found in it is told alike", async () => {
  const info = { container: "wav", audio: { duration: 4.5 } } as never;
  await chooseLanguage(["de"]);
  expect(compare({ container: "wav", picture: undefined, sound: 4.5 }, { info, packets: undefined })[1]).toMatchObject({
    promised: "4,500 s",
    found: "4,500 s",
    same: true,
  });
});

test("typed numbers take both signs in every language; anything else is no number", async () => {
  for (const language of ["en", "de"]) {
    await chooseLanguage([language]);
    expect(["0,75", "0.75", " −1,5 ", "+2", ",5", "3."].map(parseDecimal)).toEqual([0.75, 0.75, -1.5, 2, 0.5, 3]);
    expect(["", "-", ".", "1,2,3", "1e3", "0x10", "Infinity", "two"].map(parseDecimal)).toEqual(Array(8).fill(undefined));
    for (const unit of ["timecode", "seconds", "frames"] as const)
      expect(parseTime(writtenTime(62.48, 25, unit), 25, unit)).toBeCloseTo(62.48);
  }
});
