/** What the convolutions refuse; their numbers and gradients are checked with those of all ops. */
import { expect, test } from "vitest";
import { input } from "../value.js";
import { convolution, transposedConvolution } from "./functions.js";

const x = input("x", [1, 4, 8]);

test("channels, groups, ranks and bias that do not fit are named with all shapes", () => {
  for (const bad of [
    () => convolution(x, input("w", [6, 3, 3])),
    () => convolution(x, input("w", [6, 4, 3]), { groups: 2 }),
    () => convolution(x, input("w", [5, 2, 3]), { groups: 2 }),
    () => convolution(x, input("w", [6, 4])),
    () => convolution(input("x", [1, 4]), input("w", [6, 4])),
    () => convolution(input("x", [1]), input("w", [6, 4, 3])),
    () => convolution(x, input("w", [6, 4, 3]), { bias: input("b", [4]) }),
    () => convolution(x, input("w", [6, 4, 3]), { stride: 0 }),
    () => convolution(x, input("w", [6, 4, 3]), { padding: [1, 2, 3] }),
    () => convolution(x, input("w", [6, 4, 3]), { dilation: 1.5 }),
  ])
    expect(bad).toThrow(/^Conv: x \[1.*\], weight \[.*do not fit\./);
  for (const bad of [
    () => transposedConvolution(x, input("w", [3, 4, 3])),
    () => transposedConvolution(x, input("w", [4, 3, 3]), { bias: input("b", [4]) }),
    () => transposedConvolution(x, input("w", [4, 3, 3]), { outputPadding: -1 }),
  ])
    expect(bad).toThrow(/^ConvTranspose: x \[1, 4, 8\], weight \[.*do not fit\./);
});

test("an input shorter than the kernel is refused", () => {
  expect(() => convolution(x, input("w", [6, 4, 9]))).toThrow(/nothing is left of \[1, 4, 8\]/);
  expect(() => transposedConvolution(x, input("w", [4, 3, 1]), { padding: 4 })).toThrow(/nothing is left/);
});
