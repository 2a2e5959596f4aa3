/** Conformance of encoders: pictures and text. */
import type { PlainTensor, TextEncoder, VideoEncoder } from "../contracts/index.js";
import {
  type ConformanceCheck,
  entryOf,
  filledTensor,
  type MaybePromise,
  must,
  mustBeEqual,
  mustBeFinite,
  mustBePositive,
  mustHaveSignature,
  mustHoldParameters,
  mustIdentify,
  normalTensor,
  plainCheck,
  relativeDifference,
  runOnce,
  runtimeCheck,
} from "./check.js";

/** Largest relative difference between an entry computed in a batch and alone. */
export const BATCH_TOLERANCE = 1e-4;

/**
 * Checks of {@link VideoEncoder}.
 *
 * @param make - Makes the encoder, with weights; called once per check.
 * @param options - `frames` of the clip that is run, a number the encoder accepts. Default: its window.
 */
export function testVideoEncoder(
  make: () => MaybePromise<VideoEncoder>,
  options: { readonly frames?: number } = {},
): readonly ConformanceCheck[] {
  const shapes = (encoder: VideoEncoder, frames: number, batch: number) => ({
    pixels: [batch, frames, 3, ...encoder.imageSize] as const,
    tokens: [
      batch,
      ((frames * encoder.tokenRate) / encoder.frameRate) * (encoder.tokensPerStep ?? 1),
      encoder.tokenWidth,
    ] as const,
  });
  return [
    plainCheck("declares an id, positive rates and sizes, and a normalisation per colour", async () => {
      const encoder = await make();
      mustIdentify(encoder, "video-encoder");
      mustBePositive("frameRate", encoder.frameRate);
      mustBePositive("window", encoder.window, true);
      mustBePositive("tokenRate", encoder.tokenRate);
      mustBePositive("tokensPerStep", encoder.tokensPerStep ?? 1, true);
      mustBePositive("tokenWidth", encoder.tokenWidth, true);
      must(encoder.imageSize.length === 2, "imageSize is not [height, width].");
      for (const size of encoder.imageSize) mustBePositive("imageSize", size, true);
      const { mean, std } = encoder.normalisation;
      must(mean.length === 3 && std.length === 3, `normalisation has ${mean.length} means and ${std.length} deviations, not 3.`);
      must(mean.every(Number.isFinite), "normalisation.mean is not finite.");
      for (const value of std) mustBePositive("normalisation.std", value);
    }),
    plainCheck("has a whole number of time steps per window", async () => {
      const { window, tokenRate, frameRate } = await make();
      must(
        Number.isInteger((window * tokenRate) / frameRate),
        `${window} frames at ${frameRate} Hz make ${(window * tokenRate) / frameRate} steps.`,
      );
    }),
    plainCheck("makes pixels of pictures of any shape, the same for the same picture, where it does so itself", async () => {
      const { preprocess, imageSize } = await make();
      if (!preprocess) return;
      const pixels = 3 * imageSize[0] * imageSize[1];
      for (const [height, width] of [[90, 160], [160, 90], [1, 1], [...imageSize]] as const) {
        const picture = (level: number) => ({
          rgb: Uint8Array.from({ length: 3 * height * width }, (_, i) => (i * 31 + level) % 256),
          height,
          width,
        });
        const [first, again, other] = [picture(0), picture(0), picture(128)].map(preprocess) as [
          Float32Array,
          Float32Array,
          Float32Array,
        ];
        must(first.length === pixels, `A picture of ${height}×${width} gave ${first.length} numbers, not ${pixels}.`);
        must(first.every(Number.isFinite), `A picture of ${height}×${width} gave pixels that are not finite.`);
        must(
          first.every((value, i) => value === again[i]),
          `The same picture of ${height}×${width} gave other pixels the second time.`,
        );
        must(
          first.some((value, i) => value !== other[i]),
          `Two different pictures of ${height}×${width} gave the same pixels.`,
        );
      }
    }),
    plainCheck("makes graphs whose input and output follow from its rates, for one clip and for two", async () => {
      const encoder = await make();
      const frames = options.frames ?? encoder.window;
      for (const batch of [1, 2]) {
        const { pixels, tokens } = shapes(encoder, frames, batch);
        mustHaveSignature(encoder.graph({ frames, batch }), { pixels: ["float32", pixels] }, { tokens });
      }
      const { pixels, tokens } = shapes(encoder, frames, 1);
      mustHaveSignature(encoder.graph({ frames }), { pixels: ["float32", pixels] }, { tokens });
    }),
    plainCheck("says of contacts, where it finds them, in which cells, from when on and how far apart", async () => {
      const { contacts, tokensPerStep = 1, tokenWidth } = await make();
      if (!contacts) return;
      const { cells, threshold, spacing, lag, level } = contacts;
      must(cells.length === 2, "contacts.cells is not [rows, columns].");
      for (const side of cells) mustBePositive("contacts.cells", side, true);
      must(Number.isFinite(threshold), `contacts.threshold is ${threshold}, no number.`);
      mustBePositive("contacts.spacing", spacing);
      must(Number.isFinite(lag), `contacts.lag is ${lag}, no number.`);
      must(tokensPerStep === 1, `tokensPerStep is ${tokensPerStep}; events have a place in one token per step.`);
      const inside = level === undefined || (Number.isInteger(level) && level >= 0 && level < tokenWidth);
      must(inside, `contacts.level is ${level}, none of the ${tokenWidth} channels.`);
    }),
    runtimeCheck("gives contacts as logits of cells and strengths from 0 to 1, where it finds them", async (runtime) => {
      const encoder = await make();
      if (!encoder.contacts) return;
      const [rows, columns] = encoder.contacts.cells;
      const frames = options.frames ?? encoder.window;
      const graph = encoder.graph({ frames });
      const { pixels } = shapes(encoder, frames, 1);
      mustHaveSignature(
        graph,
        { pixels: ["float32", pixels] },
        { contacts: [1, frames, rows * columns], strengths: [1, frames] },
      );
      const found = await runOnce(runtime, graph, encoder.weights, { pixels: normalTensor("pixels", pixels) });
      for (const name of ["contacts", "strengths"] as const) mustBeFinite(name, found[name] as PlainTensor);
      const strengths = (found["strengths"] as PlainTensor<"float32">).data;
      must(
        strengths.every((strength) => strength >= 0 && strength <= 1),
        "strengths are not from 0 to 1.",
      );
    }),
    plainCheck("holds every parameter of its graph", async () => {
      const encoder = await make();
      mustHoldParameters(encoder.weights, encoder.graph({ frames: options.frames ?? encoder.window }));
    }),
    runtimeCheck("gives finite tokens that repeat, depend on the picture and not on the rest of the batch", async (runtime) => {
      const encoder = await make();
      const frames = options.frames ?? encoder.window;
      const one = encoder.graph({ frames, batch: 1 });
      const pixels = normalTensor("pixels", shapes(encoder, frames, 2).pixels);
      const run = async (input: PlainTensor): Promise<PlainTensor> =>
        (await runOnce(runtime, one, encoder.weights, { pixels: input })).tokens as PlainTensor;
      const first = await run(entryOf(pixels, 0));
      mustBeEqual("The same pictures again", await run(entryOf(pixels, 0)), first);
      const second = await run(entryOf(pixels, 1));
      must(relativeDifference(second, first) > 0, "Two different clips gave the same tokens.");
      const both = (await runOnce(runtime, encoder.graph({ frames, batch: 2 }), encoder.weights, { pixels }))
        .tokens as PlainTensor;
      [first, second].forEach((alone, i) => {
        const difference = relativeDifference(entryOf(both, i), alone);
        must(difference < BATCH_TOLERANCE, `Entry ${i} of a batch differs by ${difference} from the same clip alone.`);
      });
    }),
  ];
}

/**
 * Checks of {@link TextEncoder}.
 *
 * @param options - `texts`: two short texts that must get different tokens, e.g. words the encoder knows.
 */
export function testTextEncoder(
  make: () => MaybePromise<TextEncoder>,
  options: { readonly texts?: readonly [string, string] } = {},
): readonly ConformanceCheck[] {
  const [textA, textB] = options.texts ?? ["footsteps on gravel", "a dog barks"];
  const odd = [
    "",
    " ",
    textA,
    "\u{1F415} \u{1F468}‍\u{1F469}‍\u{1F467}",
    "naïve cafe\u0301 \u5927\u304D\u306A\u97F3",
    "word ".repeat(20_000),
    "\uD83D",
    "a\0b\n\t",
  ];
  const encode = (encoder: TextEncoder, text: string): { ids: PlainTensor; mask: PlainTensor<"float32"> } => {
    const { ids, mask } = encoder.tokenise(text);
    return {
      ids: { dtype: "int64", shape: [1, encoder.length], data: ids },
      mask: { dtype: "float32", shape: [1, encoder.length], data: mask },
    };
  };
  return [
    plainCheck("declares an id, a length and a width", async () => {
      const encoder = await make();
      mustIdentify(encoder, "text-encoder");
      mustBePositive("length", encoder.length, true);
      must(["zero", "computed"].includes(encoder.padding), `padding is ${JSON.stringify(encoder.padding)}.`);
      mustBePositive("tokenWidth", encoder.tokenWidth, true);
    }),
    plainCheck("tokenises any text, however long or odd, to its length, the same every time", async () => {
      const encoder = await make();
      for (const text of odd) {
        const label = JSON.stringify(text.slice(0, 20));
        const { ids, mask } = encoder.tokenise(text);
        must(
          ids.length === encoder.length && mask.length === encoder.length,
          `${label} gave ${ids.length} ids and ${mask.length} mask entries, not ${encoder.length}.`,
        );
        must(
          ids.every((id) => id >= 0n),
          `${label} gave a negative id.`,
        );
        must(
          mask.every((value) => value === 0 || value === 1),
          `${label} gave a mask entry that is neither 0 nor 1.`,
        );
        const again = encoder.tokenise(text);
        must(again.ids.join() === ids.join() && again.mask.join() === mask.join(), `${label} gave other ids the second time.`);
      }
    }),
    plainCheck("makes graphs of the declared shapes and holds their parameters", async () => {
      const encoder = await make();
      for (const batch of [1, 3]) {
        const rows = [batch, encoder.length] as const;
        const graph = encoder.graph({ batch });
        mustHaveSignature(graph, { ids: ["int64", rows], mask: ["float32", rows] }, { tokens: [...rows, encoder.tokenWidth] });
        mustHoldParameters(encoder.weights, graph);
      }
    }),
    plainCheck("takes as many rows as it says that texts need", async () => {
      const encoder = await make();
      if (!encoder.rowsFor) return;
      for (const texts of [[textA], [textB, ""], odd]) {
        const rows = encoder.rowsFor(texts);
        must(Number.isInteger(rows) && rows > 0 && rows <= encoder.length, `rowsFor gave ${rows} rows.`);
        for (const text of texts)
          must(encoder.tokenise(text, rows).ids.length === rows, `A text has not the ${rows} rows asked for.`);
        mustHaveSignature(
          encoder.graph({ rows }),
          { ids: ["int64", [1, rows]], mask: ["float32", [1, rows]] },
          { tokens: [1, rows, encoder.tokenWidth] },
        );
      }
    }),
    runtimeCheck("gives finite tokens that repeat and differ between texts", async (runtime) => {
      const encoder = await make();
      const run = async (text: string): Promise<PlainTensor> =>
        (await runOnce(runtime, encoder.graph(), encoder.weights, encode(encoder, text))).tokens as PlainTensor;
      const first = await run(textA);
      mustBeEqual("The same text again", await run(textA), first);
      must(
        relativeDifference(await run(textB), first) > 0,
        `${JSON.stringify(textA)} and ${JSON.stringify(textB)} gave the same tokens.`,
      );
    }),
    runtimeCheck("gives rows of exact zeros where the mask is 0, whatever the text, if it says so", async (runtime) => {
      const encoder = await make();
      if (encoder.padding !== "zero") return;
      for (const text of odd) {
        const input = encode(encoder, text);
        const tokens = (await runOnce(runtime, encoder.graph(), encoder.weights, input)).tokens as PlainTensor;
        for (let row = 0; row < encoder.length; row++) {
          if (input.mask.data[row] !== 0) continue;
          const width = encoder.tokenWidth;
          const zeros = filledTensor(0, [width]);
          const values = (tokens.data as Float32Array).slice(row * width, (row + 1) * width);
          mustBeEqual(
            `Padding row ${row} of ${JSON.stringify(text.slice(0, 20))}`,
            { dtype: "float32", shape: [width], data: values },
            zeros,
          );
        }
      }
    }),
  ];
}
