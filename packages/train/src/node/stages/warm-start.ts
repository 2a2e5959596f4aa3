/** A new denoiser begins with the weights of an older small model, as far as they fit. */
import { join } from "node:path";
import {
  SMALL_BACKBONE_FILE,
  SMALL_BACKBONE_FORMAT,
  type SmallBackboneConfig,
  smallBackboneCheck,
} from "@foley-control/audio-backbone";
import { float16ToFloat32, type PlainTensor } from "@foley-control/core";
import { metadataJson } from "@foley-control/weights";
import { openSafetensors, type SafetensorsFile } from "@foley-control/weights/node";

/** One row per word, after the rows of padding and of what is unknown. */
const WORDS = "text.embedding.weight";
/** These stand between the latents and the network: a codec of another basis makes them worthless, even where their shapes are the same. */
const OF_THE_CODEC = /^(preprocess_conv|postprocess_conv|transformer\.project_(in|out))\./;

/** Stored in float32: it tells one codec from another. */
const MEAN = "codec.mean";

type Tensors = Readonly<Record<string, PlainTensor<"float32">>>;

/**
 * Takes from the model in a folder what has the same name and shape, and the rows of the words that both know. What reads and writes latents
 * is taken from a model of the same codec alone.
 *
 * @param codec - the components that the latents are made with
 * @throws FoleyError `bad-file` or `bad-weights` when the folder holds no small model
 */
export async function warmStart(
  fresh: Tensors,
  folder: string,
  { vocabulary, codec }: { readonly vocabulary: readonly string[]; readonly codec: Tensors },
): Promise<Tensors> {
  const file = await openSafetensors(join(folder, SMALL_BACKBONE_FILE));
  const asked = { file: SMALL_BACKBONE_FILE, format: SMALL_BACKBONE_FORMAT, check: smallBackboneCheck };
  const { text } = metadataJson<SmallBackboneConfig>(file.metadata, "config", asked);
  const sameCodec = file.entries.has(MEAN) && (await floats(file, MEAN)).join() === codec[MEAN]?.data.join();
  const start: Record<string, PlainTensor<"float32">> = { ...fresh };
  for (const [name, { shape }] of Object.entries(fresh)) {
    const stored = file.entries.get(name);
    if (stored === undefined || (OF_THE_CODEC.test(name) && !sameCodec)) continue;
    if (name === WORDS) start[name] = await words(fresh[name] as PlainTensor<"float32">, file, text.vocabulary, vocabulary);
    else if (stored.shape.join() === shape.join()) start[name] = { dtype: "float32", shape, data: await floats(file, name) };
  }
  return start;
}

/** The table of words with the rows that are known. */
async function words(
  fresh: PlainTensor<"float32">,
  file: SafetensorsFile,
  known: readonly string[],
  wanted: readonly string[],
): Promise<PlainTensor<"float32">> {
  const width = fresh.shape[1] as number;
  const before = await floats(file, WORDS);
  if (before.length % width !== 0) return fresh;
  const special = before.length / width - known.length;
  const data = fresh.data.slice();
  data.set(before.subarray(0, special * width));
  for (const [row, word] of wanted.entries()) {
    const old = known.indexOf(word);
    if (old >= 0) data.set(before.subarray((old + special) * width, (old + special + 1) * width), (row + special) * width);
  }
  return { dtype: "float32", shape: fresh.shape, data };
}

async function floats(file: SafetensorsFile, name: string): Promise<Float32Array> {
  const { data } = await file.read(name);
  return data instanceof Float32Array ? data.slice() : float16ToFloat32(data as Uint16Array);
}
