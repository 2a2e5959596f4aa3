/** The parts of the bench: pictures that any viewer opens, features that tell sounds apart, a codec that is measured. */
import { inflateSync } from "node:zlib";
import { normalArray } from "@foley-control/core";
import { expect, it } from "vitest";
import { colourAndMovement } from "./features.js";
import { greyPng, spectrogramSheet } from "./picture.js";

const RATE = 24_000;
const tone = (frequency: number) =>
  Float32Array.from({ length: RATE }, (_, i) => 0.5 * Math.sin((2 * Math.PI * frequency * i) / RATE));

it("draws a sheet with a caption and two pictures for each pair", () => {
  const sheet = spectrogramSheet([{ caption: "a <tone>", made: tone(3000), recorded: tone(6000) }]);
  expect(sheet).toContain(">a tone></text>");
  const images = [...sheet.matchAll(/base64,([A-Za-z0-9+/=]+)/g)].map(([, data]) => Buffer.from(data as string, "base64"));
  expect(images).toHaveLength(2);
  const darkest = images.map((png) => {
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    const length = png.readUInt32BE(33);
    const rows = inflateSync(png.subarray(41, 41 + length));
    const column = Array.from({ length: height }, (_, y) => rows[y * (width + 1) + 1 + (width >> 1)] as number);
    return (height - 1 - column.indexOf(Math.min(...column))) * (RATE / 256);
  });
  expect(Math.abs((darkest[0] as number) - 3000)).toBeLessThan(200);
  expect(Math.abs((darkest[1] as number) - 6000)).toBeLessThan(200);
});

it("writes a PNG", () => {
  const png = greyPng({ width: 2, height: 1, values: Uint8Array.of(7, 9) });
  expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
  expect([...inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)))]).toEqual([0, 7, 9]);
});

it("tells a tone from noise and a steady sound from clicks", () => {
  const noise = normalArray(1, ["noise"], RATE).map((value) => 0.1 * value);
  const clicks = noise.map((value, i) => (i % 6000 < 300 ? value : 0));
  const [steady, moving] = [colourAndMovement(noise, RATE), colourAndMovement(clicks, RATE)];
  expect(steady).toHaveLength(48);
  const sum = (row: readonly number[], part: number) => row.reduce((total, value, i) => total + (i % 3 === part ? value : 0), 0);
  expect(sum(moving, 1)).toBeGreaterThan(3 * sum(steady, 1));
  expect(sum(moving, 2)).toBeGreaterThan(sum(steady, 2));
  const low = colourAndMovement(tone(200), RATE);
  const high = colourAndMovement(tone(6000), RATE);
  expect(low[3] as number).toBeGreaterThan((high[3] as number) + 1);
});
