/** What makes MMAudio's latents heard: the mel autoencoder, whole or pieces at released widths, and BigVGAN. */
import { type BigVganConfig, bigVgan, lowPassTaps, melDecoder, melEncoder, residualBlock } from "@foley-control/audio-backbone";
import { type GraphValue, memoryParameters, type ParameterSource } from "@foley-control/core";
import { type Comparison, compareAll, formulaWeights, type GoldenCase, type Numbers } from "@foley-control/golden";
import { besideCase } from "@foley-control/golden/node";
import { graph, input, valuesOf } from "@foley-control/graph";
import { openCheckpoint } from "@foley-control/weights/node";
import { withGraph } from "../../runtime.js";

/** Whether a case is the autoencoder. */
export const isMelAutoencoder = ({ file }: GoldenCase): boolean => file.config?.vae !== undefined;

/** Whether a case is the vocoder. */
export const isBigVgan = ({ file }: GoldenCase): boolean => file.config?.bigvgan !== undefined;

/** What parts give, by the names that a case has for them. */
function stagesOf(golden: GoldenCase, outputs: Readonly<Record<string, GraphValue>>): Record<string, GraphValue> {
  const values = valuesOf({ name: "stages", inputs: [], outputs });
  return Object.fromEntries(
    values.flatMap((value) =>
      value.name !== undefined && `stage.${value.name}` in golden.file.outputs ? [[`stage.${value.name}`, value] as const] : [],
    ),
  );
}

/** Both halves with their stages. */
export async function checkMelAutoencoder(golden: GoldenCase): Promise<readonly Comparison[]> {
  const { data: bands, embed: latentChannels, hidden: width } = golden.file.config.vae;
  const config = { bands, latentChannels, width };
  const weights = await openCheckpoint(besideCase(golden, golden.file["checkpoint"]));
  const [z, sound] = [golden.input("latents"), golden.input("mel")];
  const [latents, mel] = [input("latents", z.shape), input("mel", sound.shape)];
  const outputs = { decoded: melDecoder(latents, config), ...melEncoder(mel, config) };
  const source = graph("autoencoder", [latents, mel], { ...outputs, ...stagesOf(golden, outputs) });
  return withGraph(source, weights, async (run) => compareAll(golden, await run({ latents: z, mel: sound })));
}

/** Whether a case is pieces of the autoencoder at released widths. */
export const isMelAutoencoderPieces = ({ file }: GoldenCase): boolean => file.config?.vaePiece !== undefined;

/** The first stages of the decoder, and a block of its last level. */
export async function checkMelAutoencoderPieces(golden: GoldenCase): Promise<readonly Comparison[]> {
  const [latentChannels, , , width] = golden.file.config.widths as readonly [number, number, number, number];
  const [z, rows] = [golden.input("latents"), golden.input("x")];
  const [latents, x] = [input("latents", z.shape), input("x", rows.shape)];
  const decoded = melDecoder(latents, { bands: 1, latentChannels, width });
  const stages = new Map(valuesOf({ name: "stages", inputs: [], outputs: { decoded } }).map((value) => [value.name, value]));
  const stage = (name: string) => stages.get(`decoder.${name}`) as GraphValue;
  const source = graph("pieces", [latents, x], {
    conv_in: stage("conv_in"),
    block_1: stage("mid.block_1"),
    attn_1: stage("mid.attn_1"),
    "up.0.block.0": residualBlock(x, "decoder.up.0.block.0", width),
  });
  return withGraph(source, memoryParameters(formulaWeights(golden.file)), async (run) =>
    compareAll(golden, await run({ latents: z, x: rows })),
  );
}

/** The sound, its stages and its filters. */
export async function checkBigVgan(golden: GoldenCase): Promise<readonly Comparison[]> {
  const config: BigVganConfig = golden.file.config.bigvgan;
  const checkpoint = golden.file["checkpoint"] as string | undefined;
  const weights: ParameterSource = checkpoint
    ? await openCheckpoint(besideCase(golden, checkpoint), { at: "generator" })
    : memoryParameters(formulaWeights(golden.file));
  const fed = golden.input("mel");
  const mel = input("mel", fed.shape);
  const audio = bigVgan(mel, config);
  const source = graph("vocoder", [mel], { audio, ...stagesOf(golden, { audio }) });
  const taps: Numbers = { shape: [1, 1, 12], data: Float32Array.from(lowPassTaps()) };
  return withGraph(source, weights, async (run) =>
    compareAll(golden, { ...(await run({ mel: fed })), "filter.up": taps, "filter.down": taps }),
  );
}
