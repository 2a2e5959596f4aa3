import { createHash } from "node:crypto";
import { FoleyError } from "@foley-control/core";
import { describe, expect, it } from "vitest";
import {
  CAPTION_VOCABULARY,
  describeScene,
  FILM_CLASSES,
  FILM_HELD_OUT_CLASSES,
  renderScene,
  type SceneClass,
  SOLID_MATERIALS,
} from "./index.js";

const LOOKS = [
  ["film", FILM_CLASSES],
  ["film-held-out", FILM_HELD_OUT_CLASSES],
] as const satisfies readonly (readonly [string, readonly SceneClass[]])[];

describe.each(LOOKS)("the look %s", (look, classes) => {
  it("gives the same bytes for the same seed, whatever was rendered before or left out", () => {
    for (const name of classes) {
      const options = { look, classes: [name], seconds: 1, imageSize: 32 } as const;
      const first = renderScene(5, options);
      renderScene(6, options);
      expect(renderScene(5, { ...options, audio: false }).frames).toEqual(first.frames);
      expect(renderScene(5, { ...options, frames: false }).audio).toEqual(first.audio);
      expect(describeScene(5, options).events).toEqual(first.events);
    }
  });

  it("draws every class of its own and no other", () => {
    const drawn = new Set(Array.from({ length: 600 }, (_, seed) => describeScene(seed, { look, seconds: 2 }).class));
    expect([...drawn].sort()).toEqual([...classes].sort());
  });

  it("describes itself in words of the vocabulary, and what contradicts it", () => {
    const known = new Set(CAPTION_VOCABULARY);
    for (const name of classes)
      for (let seed = 0; seed < 40; seed++) {
        const scene = describeScene(seed, { look, classes: [name] });
        for (const sentence of [scene.caption, ...scene.paraphrases, scene.contradiction?.caption ?? ""])
          for (const word of sentence.split(" ")) expect(word === "" || known.has(word), `${word} in "${sentence}"`).toBe(true);
        expect(scene.paraphrases.length).toBeGreaterThanOrEqual(4);
        if (scene.contradiction) expect(scene.contradiction.caption).not.toBe(scene.caption);
      }
  });

  it("shows contacts inside and outside of the picture, strong and weak, of many materials", () => {
    const scenes = Array.from({ length: 300 }, (_, seed) => describeScene(seed, { look, seconds: 2 }));
    const events = scenes.flatMap((scene) => scene.events);
    const share = events.filter(({ visible }) => visible).length / events.length;
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(0.97);
    expect(Math.min(...events.map(({ velocity }) => velocity))).toBeLessThan(0.2);
    expect(Math.max(...events.map(({ velocity }) => velocity))).toBeGreaterThan(0.9);
    const seen = new Set(scenes.map(({ material }) => material));
    for (const material of SOLID_MATERIALS) expect(seen).toContain(material);
    expect(scenes.filter((scene) => scene.events.length === 0).length).toBeGreaterThan(15);
  });
});

describe("the vocabulary", () => {
  it("keeps the numbers of the words that text encoders were trained on: further words come after them", () => {
    const words = CAPTION_VOCABULARY.slice(0, 195);
    expect(words).toEqual([...words].sort());
    expect(createHash("sha256").update(words.join(" ")).digest("hex").slice(0, 16)).toBe("59c2bdd370698212");
    expect(new Set(CAPTION_VOCABULARY).size).toBe(CAPTION_VOCABULARY.length);
  });
});

describe("looks", () => {
  it("of film share no class", () => {
    for (const name of FILM_HELD_OUT_CLASSES) expect(FILM_CLASSES).not.toContain(name);
  });

  it("are named when they are none", () => {
    // @ts-expect-error no look
    expect(() => describeScene(1, { look: "dream" })).toThrow(FoleyError);
  });
});
