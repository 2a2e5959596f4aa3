import { describe, expect, it } from "vitest";
import { normalFromWord } from "./normal.js";

/** Upper tail of the normal law by Laplace's continued fraction, an independent route good for x > 1. */
function upperTail(x: number): number {
  let fraction = x;
  for (let k = 400; k >= 1; k--) fraction = x + k / fraction;
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI) / fraction;
}

/** Φ(x) − ½ by its Maclaurin series, good for |x| < 3. */
function centre(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 200; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

describe("normalFromWord", () => {
  it("inverts the normal law in the middle, error below 1e-15 in probability", () => {
    for (let i = 0; i <= 1000; i++) {
      const word = Math.floor((0.002 + 0.996 * (i / 1000)) * 2 ** 32);
      expect(Math.abs(centre(normalFromWord(word)) - ((word + 0.5) / 2 ** 32 - 0.5))).toBeLessThan(1e-15);
    }
  });

  it("inverts it in the tails, relative error of the probability below 1e-13", () => {
    for (const word of [0, 1, 2, 3, 1000, 65535, 1 << 20, 123456789]) {
      const p = (word + 0.5) / 2 ** 32;
      expect(Math.abs(upperTail(-normalFromWord(word)) / p - 1)).toBeLessThan(1e-13);
      expect(normalFromWord(0xffffffff - word)).toBe(-normalFromWord(word));
    }
    expect(normalFromWord(0)).toBeGreaterThan(-6.4);
  });

  it("grows with the word, across the seams of its ranges too", () => {
    for (const at of [0, 0.075 * 2 ** 32, 0.5 * 2 ** 32, 0.925 * 2 ** 32, 2 ** 32 - 64]) {
      for (let i = 0; i < 62; i++) {
        const word = Math.max(0, Math.floor(at) - 16 * (at > 0 ? 1 : 0)) + i;
        if (word < 0xffffffff) expect(normalFromWord(word + 1)).toBeGreaterThan(normalFromWord(word));
      }
    }
  });
});
