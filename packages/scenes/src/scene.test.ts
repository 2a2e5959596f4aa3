import { createHash } from "node:crypto";
import { FoleyError } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import pinnedDigests from "../fixtures/digests.json" with { type: "json" };
import {
  CAPTION_VOCABULARY,
  CONTINUOUS_CLASSES,
  describeScene,
  IMPACT_CLASSES,
  MATERIALS,
  renderAudio,
  renderScene,
  SCENE_CLASSES,
  type Scene,
} from "./index.js";

/** Sound is compared at 16 bits: the last bits of `Math.sin` may differ between engines. */
function digest(scene: Scene): string {
  const hash = createHash("sha256");
  hash.update(Int16Array.from(scene.audio, (value) => Math.round(value * 32767)));
  hash.update(scene.frames);
  hash.update(JSON.stringify([scene.caption, scene.material, scene.events.map((event) => [event.kind, event.time.toFixed(6)])]));
  return hash.digest("hex").slice(0, 16);
}

describe("renderScene", () => {
  it("gives the same bytes for the same seed, whatever was rendered before or left out", () => {
    const first = renderScene(7);
    renderScene(8);
    const second = renderScene(7);
    expect(digest(second)).toBe(digest(first));
    expect(renderAudio(7).audio).toEqual(first.audio);
    expect(renderScene(7, { audio: false }).frames).toEqual(first.frames);
    expect(describeScene(7).events).toEqual(first.events);
    expect(digest(renderScene(9))).not.toBe(digest(first));
  });

  it("renders what it rendered when the default model was trained", () => {
    const digests = Object.fromEntries(
      SCENE_CLASSES.map((name) => [name, [1, 2].map((seed) => digest(renderScene(seed, { classes: [name] })))]),
    );
    expect(digests).toEqual(pinnedDigests);
  });

  it("has the sizes it was asked for", () => {
    const scene = renderScene(3, { seconds: 2.5, sampleRate: 16_000, imageSize: 32, frameRate: 8 });
    expect(scene.audio.length).toBe(40_000);
    expect(scene.frames.length).toBe(20 * 32 * 32 * 3);
    expect(renderScene(3, { audio: false, frames: false }).frames.length).toBe(0);
  });

  it("keeps peaks below 0.95, samples finite and events in order inside the clip", () => {
    for (let seed = 0; seed < 150; seed++) {
      const scene = renderAudio(seed);
      let peak = 0;
      for (const value of scene.audio) peak = Math.max(peak, Math.abs(value));
      expect(peak).toBeLessThanOrEqual(0.9501);
      expect(Number.isFinite(peak)).toBe(true);
      let before = 0;
      for (const event of scene.events) {
        expect(event.time).toBeGreaterThanOrEqual(before);
        expect(event.time).toBeLessThan(4);
        expect(event.velocity > 0 && event.velocity <= 1).toBe(true);
        before = event.time;
      }
      expect(scene.envelope === undefined).toBe(!(CONTINUOUS_CLASSES as readonly string[]).includes(scene.class));
    }
  });

  it("draws mostly impacts, about 8 % silent motion, and every material", () => {
    const drawn = Array.from({ length: 1500 }, (_, seed) => describeScene(seed));
    const share = (test: (name: string) => boolean) => drawn.filter((scene) => test(scene.class)).length / drawn.length;
    expect(share((name) => (IMPACT_CLASSES as readonly string[]).includes(name))).toBeGreaterThan(0.7);
    expect(share((name) => name === "silent-motion")).toBeGreaterThan(0.05);
    expect(share((name) => name === "silent-motion")).toBeLessThan(0.11);
    expect(new Set(drawn.map((scene) => scene.material))).toEqual(new Set(MATERIALS));
  });

  it("names its mistakes", () => {
    expect(() => renderScene(1, { seconds: Number.NaN })).toThrow(FoleyError);
    expect(() => renderScene(1, { imageSize: 7 })).toThrow(/imageSize is 7/);
    expect(() => renderScene(1, { classes: [] })).toThrow(/empty list/);
    expect(() => renderScene(1, { classes: ["silent-motion"], material: "wood" })).toThrow(/no material to exchange/);
    expect(() => renderScene(1, { classes: ["bounce"], material: "water" })).toThrow(/cannot sound like water/);
  });
});

describe("captions", () => {
  it("use only words of the vocabulary, which is small and lower case", () => {
    const known = new Set(CAPTION_VOCABULARY);
    expect(CAPTION_VOCABULARY.length).toBeLessThan(400);
    for (const word of CAPTION_VOCABULARY) expect(word).toMatch(/^[a-z]+$/);
    for (let seed = 0; seed < 1500; seed++) {
      const scene = describeScene(seed);
      for (const sentence of [scene.caption, ...scene.paraphrases, scene.contradiction?.caption ?? ""]) {
        for (const word of sentence.split(" ")) expect(word === "" || known.has(word), `${word} in "${sentence}"`).toBe(true);
      }
      expect(scene.paraphrases.length).toBeGreaterThanOrEqual(4);
    }
  });

  it("of a contradiction belong to a different material and are the caption of its rendering", () => {
    for (let seed = 0; seed < 300; seed++) {
      const scene = describeScene(seed);
      if (!scene.contradiction) continue;
      expect(scene.contradiction.material).not.toBe(scene.material);
      expect(scene.contradiction.caption).not.toBe(scene.caption);
      const other = describeScene(seed, { material: scene.contradiction.material });
      expect(other.caption).toBe(scene.contradiction.caption);
      expect(other.visibleMaterial).toBe(scene.material);
      expect(other.contradiction?.caption).toBe(scene.caption);
    }
  });
});
