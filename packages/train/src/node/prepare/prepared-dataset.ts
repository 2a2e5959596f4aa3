/** Reads features by row from the shards of one or several folders: an index in memory, everything else where it lies. */
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { FoleyError, float16ToFloat32 } from "@foley-control/core";
import { openSafetensors } from "@foley-control/weights/node";
import { type ClipRow, PREPARED_FORMAT, type PreparedManifest, type ShardPlace } from "../../data/clip-row.js";
import { funnel } from "../../data/funnel.js";
import type { CurationRule } from "../../data/rules.js";
import { readIndex } from "./index-file.js";
import { INDEX_FILE, manifestDigest, readManifest } from "./manifest.js";

/** Shards that are kept open at once. */
const OPEN_SHARDS = 64;

/** Options of {@link openPreparedDataset}. */
export interface PreparedDatasetOptions {
  /** Which clips to use: rules over their scores, percentiles over all prepared clips. Default: all. */
  readonly rules?: readonly CurationRule[] | undefined;
  /** Only clips of this part of the data set. Default: all. */
  readonly split?: string | undefined;
}

/** A clip of a dataset with its folder. */
export type PreparedClip = ClipRow & {
  readonly directory: string;
  readonly place: ShardPlace;
  readonly textPlaces: readonly ShardPlace[];
};

/** A dataset whose features are read when they are asked for. */
export interface PreparedDataset {
  /** What the features were made with, and their sizes. */
  readonly manifest: PreparedManifest;
  /** Clips that are used, in the order of folders and indices. */
  readonly clips: readonly PreparedClip[];
  /** Video tokens of clips [clips, tokens, tokenWidth], row by row. */
  video(clips: readonly number[]): Promise<Float32Array>;
  /** Latents [clips, channels, frames]: means, and standard deviations where the codec has them. */
  latents(clips: readonly number[]): Promise<{ readonly mean: Float32Array; readonly std: Float32Array | undefined }>;
  /**
   * Embeddings [clips, length, tokenWidth] of one caption per clip, as the text encoder gave them, and their mask [clips, length];
   * `caption(row)` says which of row's captions.
   */
  textTokens(
    clips: readonly number[],
    caption: (row: number) => number,
  ): Promise<{ readonly tokens: Float32Array; readonly mask: Float32Array }>;
  /** Closes the shards. */
  close(): Promise<void>;
}

type TensorName = "video" | "latents" | "latentsStd" | "textTokens" | "textMask";

interface OpenShard {
  readonly file: FileHandle;
  readonly tensors: ReadonlyMap<string, { readonly offset: number; readonly rows: number; readonly rowBytes: number }>;
}

/**
 * Opens what `prepareDataset` wrote.
 *
 * @param directories - one folder, or several that were prepared with the same parts
 * @throws FoleyError `bad-file` when a folder is none or is damaged; `invalid-argument` when folders differ in their parts, or when no clip
 * remains
 */
export async function openPreparedDataset(
  directories: string | readonly string[],
  options: PreparedDatasetOptions = {},
): Promise<PreparedDataset> {
  const folders = typeof directories === "string" ? [directories] : directories;
  let manifest: PreparedManifest | undefined;
  const all: PreparedClip[] = [];
  for (const directory of folders) {
    const found = await readManifest(directory);
    if (!found) {
      throw new FoleyError("bad-file", `There is no prepared dataset in ${directory}.`, {
        hint: "Make one with prepareDataset().",
      });
    }
    manifest ??= found;
    if (manifestDigest(found) !== manifestDigest(manifest)) {
      throw new FoleyError("invalid-argument", `The folders ${folders[0]} and ${directory} were prepared with different parts.`, {
        hint: "Prepare them again with the same codec, text encoder, video encoder and length.",
      });
    }
    for (const row of (await readIndex(join(directory, INDEX_FILE))).values())
      if (row.outcome === "prepared" && (options.split === undefined || row.split === options.split))
        all.push({ ...row, directory } as PreparedClip);
  }
  if (!manifest) throw new FoleyError("invalid-argument", "No folder of a prepared dataset was given.");
  const { kept, steps } = funnel(
    all.map(({ scores }) => scores ?? {}),
    options.rules ?? [],
  );
  const clips = all.filter((_, i) => kept[i]);
  if (clips.length === 0) {
    const by = steps.map(({ rule, before, after }) => `${rule} keeps ${after} of ${before}`).join(", ");
    throw new FoleyError("invalid-argument", `No clip of ${folders.join(", ")} remains${by === "" ? "" : `: ${by}`}.`, {
      hint: "Look at what reportDataset() says, and loosen the rules.",
    });
  }
  return datasetOf(manifest, clips);
}

function datasetOf(manifest: PreparedManifest, clips: readonly PreparedClip[]): PreparedDataset {
  const digest = manifestDigest(manifest);
  const { video, audio, text } = manifest;
  const rowBytes: Readonly<Record<TensorName, number>> = {
    video: 2 * video.tokens * video.tokenWidth,
    latents: 2 * audio.channels * audio.frames,
    latentsStd: 2 * audio.channels * audio.frames,
    textTokens: 2 * text.length * text.tokenWidth,
    textMask: 4 * text.length,
  };
  const shards = new Map<string, Promise<OpenShard>>();
  const openShard = (path: string): Promise<OpenShard> => {
    let shard = shards.get(path);
    if (!shard) {
      shard = openShardFile(path, digest, rowBytes);
      shard.catch(() => shards.delete(path));
    }
    // Moved to the end: the first is the one that was used longest ago.
    shards.delete(path);
    shards.set(path, shard);
    return shard;
  };
  /** Closes what is beyond the limit; only between batches, so that nothing that is being read is closed. */
  const closeOld = async (): Promise<void> => {
    while (shards.size > OPEN_SHARDS && reading === 0) {
      const [path, shard] = shards.entries().next().value as [string, Promise<OpenShard>];
      shards.delete(path);
      await shard.then(({ file }) => file.close()).catch(() => undefined);
    }
  };
  let reading = 0;
  const readRows = async (
    name: TensorName,
    places: readonly { readonly directory: string; readonly place: ShardPlace }[],
  ): Promise<Uint8Array<ArrayBuffer>> => {
    const size = rowBytes[name];
    const bytes = new Uint8Array(places.length * size);
    reading++;
    try {
      await Promise.all(
        places.map(async ({ directory, place }, i) => {
          const path = join(directory, place.shard);
          const { file, tensors } = await openShard(path);
          const tensor = tensors.get(name);
          if (!tensor || place.row >= tensor.rows) {
            throw new FoleyError("bad-file", `${path} has no row ${place.row} of "${name}", which the index names.`, {
              hint: "Restore the folder, or prepare it again.",
            });
          }
          const { bytesRead } = await file.read(bytes, i * size, size, tensor.offset + place.row * size);
          if (bytesRead !== size) throw new FoleyError("bad-file", `${path} became shorter while it was read.`);
        }),
      );
    } finally {
      reading--;
    }
    await closeOld();
    return bytes;
  };
  const ofClips = (indices: readonly number[]) => indices.map((index) => clips[index] as PreparedClip);
  const ofCaptions = (indices: readonly number[], caption: (row: number) => number) =>
    ofClips(indices).map(({ directory, textPlaces }, row) => ({
      directory,
      place: textPlaces[caption(row) % textPlaces.length] as ShardPlace,
    }));
  const float = (bytes: Uint8Array<ArrayBuffer>): Float32Array => float16ToFloat32(new Uint16Array(bytes.buffer));
  return {
    manifest,
    clips,
    video: async (indices) => float(await readRows("video", ofClips(indices))),
    async latents(indices) {
      const [mean, std] = await Promise.all([
        readRows("latents", ofClips(indices)),
        audio.deviation ? readRows("latentsStd", ofClips(indices)) : undefined,
      ]);
      return { mean: float(mean), std: std && float(std) };
    },
    async textTokens(indices, caption) {
      // A batch of one class has one caption: read once, copied.
      const places = ofCaptions(indices, caption);
      const key = ({ directory, place }: (typeof places)[number]) => `${directory}\0${place.shard}\0${place.row}`;
      const different = new Map(places.map((place) => [key(place), place]));
      const [found, mask] = await Promise.all([readRows("textTokens", [...different.values()]), readRows("textMask", places)]);
      const each = float(found);
      const rowOf = new Map([...different.keys()].map((name, row) => [name, row]));
      const size = text.length * text.tokenWidth;
      const tokens = new Float32Array(places.length * size);
      for (const [row, place] of places.entries()) {
        const at = (rowOf.get(key(place)) as number) * size;
        tokens.set(each.subarray(at, at + size), row * size);
      }
      return { tokens, mask: new Float32Array(mask.buffer) };
    },
    async close() {
      const held = [...shards.values()];
      shards.clear();
      await Promise.all(held.map((shard) => shard.then(({ file }) => file.close()).catch(() => undefined)));
    },
  };
}

/** Opens a shard and checks that its tensors are what the manifest says. */
async function openShardFile(path: string, digest: string, rowBytes: Readonly<Record<string, number>>): Promise<OpenShard> {
  const { entries, metadata } = await openSafetensors(path);
  if (metadata["format"] !== PREPARED_FORMAT || metadata["parts"] !== digest) {
    throw new FoleyError("bad-file", `${path} was not made with the parts that the dataset.json of its folder names.`, {
      hint: "Prepare the folder again.",
    });
  }
  const tensors = new Map<string, { offset: number; rows: number; rowBytes: number }>();
  for (const [name, { offset, length, shape }] of entries) {
    const expected = rowBytes[name];
    if (expected === undefined) continue;
    if (length !== expected * (shape[0] ?? 0)) {
      throw new FoleyError(
        "bad-file",
        `${path}: "${name}" of shape [${shape.join(", ")}] does not have the sizes of dataset.json.`,
        {
          hint: "Prepare the folder again.",
        },
      );
    }
    tensors.set(name, { offset, rows: shape[0] as number, rowBytes: expected });
  }
  return { file: await open(path, "r"), tensors };
}
