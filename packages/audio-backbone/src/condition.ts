/**
 * What a denoiser is conditioned on, for any backbone that keeps the contract: its words, its duration and what it sees itself. Everything
 * that makes sound or trains goes through here, so that one place knows what the inputs of a condition graph mean.
 */
import type { AudioBackbone, AudioCodec, ClipSize, Graph, ParameterSource, PlainTensor } from "@foley-control/core";

type Floats = PlainTensor<"float32">;

/** Runs a graph on inputs of one row; `name` is the same for the same graph, so that it may stay loaded. */
export type RunGraph = (
  part: { readonly name: string; readonly build: () => Graph; readonly weights: ParameterSource },
  inputs: Readonly<Record<string, PlainTensor>>,
) => Promise<Readonly<Record<string, PlainTensor>>>;

/** Runs a graph on several inputs, one after the other. */
export type RunGraphOnEach = (
  part: Parameters<RunGraph>[0],
  inputs: readonly Parameters<RunGraph>[1][],
) => Promise<readonly Awaited<ReturnType<RunGraph>>[]>;

/** A text as a backbone reads it. */
export interface EncodedText {
  /** [1, rows]. */
  readonly ids: PlainTensor<"int64">;
  /** [1, rows, tokenWidth]. */
  readonly tokens: Floats;
  /** [1, rows]; 1 for real tokens. */
  readonly mask: Floats;
  /** Whether there are words in it. */
  readonly kept: boolean;
}

/** Rows of a condition, before they are named as a graph names them. */
export interface ConditionRows {
  /** [batch, rows, tokenWidth]. */
  readonly tokens: Floats;
  /** [batch, rows]; 1 for real tokens. */
  readonly mask?: Floats | undefined;
  /** [batch]; 0 for rows without text. */
  readonly textKept: Floats;
  /** Whether the texts are what guidance leads away from. Default false. */
  readonly away?: boolean | undefined;
  /** Length of the clips. */
  readonly seconds: number;
  /** Features of the backbone's own streams, [batch, tokens, width] by name; absent: no picture. */
  readonly video?: Readonly<Record<string, Floats>> | undefined;
}

/** Everything that a denoiser reads besides latents and time, by name. */
export type Condition = Readonly<Record<string, Floats>>;

/** Seconds that are sampled for a clip: short ones get as much as the backbone makes at least, and are cut afterwards. */
export const sampledSeconds = ({ seconds }: Pick<AudioBackbone, "seconds">, duration: number): number =>
  Math.max(duration, seconds.minimum ?? 0);

/** Latents that cover `seconds`: the rule of backbones that sample no more than is heard. */
export const latentsFor = ({ sampleRate, hop }: Pick<AudioCodec, "sampleRate" | "hop">, seconds: number): number =>
  Math.max(1, Math.ceil(Math.round(seconds * sampleRate) / hop));

/** How large the graphs of a clip are: with as many rows for these texts as they need, or with all that a text may have. */
export function clipSize(
  backbone: Pick<AudioBackbone, "text" | "streams" | "frames">,
  seconds: number,
  texts?: readonly string[],
): ClipSize {
  const rows = {
    ...(texts && backbone.text.rowsFor && { tokens: backbone.text.rowsFor(texts) }),
    ...Object.fromEntries(backbone.streams.map(({ name, rows }) => [name, rows(seconds)])),
  };
  return { frames: backbone.frames(seconds), ...(Object.keys(rows).length > 0 && { rows }) };
}

/** The graph that encodes texts of `rows` rows. */
export const textPart = ({ text }: Pick<AudioBackbone, "text">, rows = text.length): Parameters<RunGraph>[0] => ({
  name: `text-encoder ${rows}`,
  build: () => text.graph({ rows }),
  weights: text.weights,
});

/** The condition graph of clips of a size. */
export const conditionPart = (backbone: AudioBackbone, size: ClipSize): Parameters<RunGraph>[0] => ({
  name: `condition ${JSON.stringify([size.frames, size.rows])}`,
  build: () => backbone.conditionGraph(size),
  weights: backbone.weights,
});

/** Encodes a text. One without words is kept out where the backbone has something to put in its place. */
export async function encodeText(
  backbone: Pick<AudioBackbone, "text">,
  run: RunGraph,
  text: string,
  rows?: number,
): Promise<EncodedText> {
  const each: RunGraphOnEach = (part, inputs) => Promise.all(inputs.map((one) => run(part, one)));
  return (await encodeTexts(backbone, each, [text], { rows }))[0] as EncodedText;
}

/** Options of {@link encodeTexts}. */
export interface EncodeTextsOptions {
  /** Rows of each. Default: as many as a text may have. */
  readonly rows?: number | undefined;
  /** Whether what has no words is not read: its tokens are zeros. For conditions that put something else in their place. Default false. */
  readonly leavesEmpty?: boolean | undefined;
}

/** Encodes texts as {@link encodeText} does, with one loading of what reads them. */
export async function encodeTexts(
  backbone: Pick<AudioBackbone, "text">,
  run: RunGraphOnEach,
  texts: readonly string[],
  { rows = backbone.text.length, leavesEmpty = false }: EncodeTextsOptions = {},
): Promise<readonly EncodedText[]> {
  const read = texts.map((text) => {
    const { ids: numbers, mask: real } = backbone.text.tokenise(text, rows);
    const ids: PlainTensor<"int64"> = { dtype: "int64", shape: [1, rows], data: numbers };
    const mask: Floats = { dtype: "float32", shape: [1, rows], data: real };
    // T5 closes even an empty text with a token, so that the mask alone does not tell.
    return { ids, mask, kept: text.trim() !== "" && real.some((value) => value !== 0) };
  });
  const asked = read.filter(({ kept }) => kept || !leavesEmpty);
  const said =
    asked.length === 0
      ? []
      : await run(
          textPart(backbone, rows),
          asked.map(({ ids, mask }) => ({ ids, mask })),
        );
  const { tokenWidth } = backbone.text;
  const silence = (): Floats => ({ dtype: "float32", shape: [1, rows, tokenWidth], data: new Float32Array(rows * tokenWidth) });
  return read.map((one) => ({ ...one, tokens: (said[asked.indexOf(one)]?.["tokens"] as Floats | undefined) ?? silence() }));
}

/** Whether conditions have something to put in the place of a text without words, so that nobody need read it. */
export const knowsSilence = (backbone: Pick<AudioBackbone, "conditionGraph">, size: ClipSize): boolean =>
  backbone.conditionGraph(size).inputs.some(({ name }) => name === "textKept");

/** The inputs that a condition graph has, made of rows; what it does not read is left out. */
export function conditionInputs(backbone: AudioBackbone, graph: Graph, rows: ConditionRows): Condition {
  const batch = rows.tokens.shape[0] as number;
  const all = (value: number): Floats => ({ dtype: "float32", shape: [batch], data: new Float32Array(batch).fill(value) });
  const { seconds, streams } = backbone;
  const seen: Readonly<Record<string, Floats>> = rows.video ?? {};
  const given: Record<string, Floats | undefined> = {
    tokens: rows.tokens,
    mask: rows.mask,
    textKept: rows.textKept,
    textAway: all(rows.away ? 1 : 0),
    videoKept: all(rows.video ? 1 : 0),
    secondsStart: all(0),
    secondsTotal: all(Math.min(rows.seconds, seconds.trained ?? seconds.maximum)),
    ...Object.fromEntries(
      streams.map(({ name, encoder, rows: count }) => [
        name,
        fitted(seen[name], [batch, count(rows.seconds), encoder.tokenWidth]),
      ]),
    ),
  };
  return Object.fromEntries(
    graph.inputs.flatMap(({ name = "" }) => {
      const value = given[name];
      return value ? [[name, value]] : [];
    }),
  );
}

/** What one row of a batch is conditioned on. */
export async function conditionOf(
  backbone: AudioBackbone,
  run: RunGraph,
  size: ClipSize,
  { text, ...rest }: { readonly text: EncodedText } & Pick<ConditionRows, "seconds" | "video" | "away">,
): Promise<Condition> {
  const part = conditionPart(backbone, size);
  const textKept: Floats = { dtype: "float32", shape: [1], data: Float32Array.of(text.kept ? 1 : 0) };
  const rows = { tokens: text.tokens, mask: text.mask, textKept, ...rest };
  return (await run(part, conditionInputs(backbone, part.build(), rows))) as Condition;
}

/** Tokens cut to so many rows, the last one held where there are fewer; zeros where there are none. */
function fitted(tokens: Floats | undefined, shape: readonly [batch: number, rows: number, width: number]): Floats {
  const [batch, rows, width] = shape;
  const data = new Float32Array(batch * rows * width);
  const have = tokens?.shape[1] ?? 0;
  if (tokens && have > 0)
    for (let row = 0; row < batch * rows; row++) {
      const from = (Math.floor(row / rows) * have + Math.min(row % rows, have - 1)) * width;
      data.set(tokens.data.subarray(from, from + width), row * width);
    }
  return { dtype: "float32", shape, data };
}
