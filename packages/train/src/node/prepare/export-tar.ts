/** Features as a WebDataset: per clip `KEY.safetensors` (video, latents, latentsStd), `KEY.json` (its row) and `KEY.txt` (its caption). */
import { FoleyError, type PlainTensor } from "@foley-control/core";
import { writeFileAtomically } from "@foley-control/files/node";
import { writeSafetensors } from "@foley-control/weights";
import { TAR_BLOCK, tarHeader } from "../../data/tar.js";
import { half } from "../shard-rows.js";
import type { PreparedDataset } from "./prepared-dataset.js";

/**
 * Writes a dataset into one tar archive, which appears whole or not at all. The same clips give the same bytes.
 *
 * @param path - ends in `.tar`
 * @throws FoleyError `not-writable`; `invalid-argument` for another extension
 */
export async function exportTar(
  dataset: PreparedDataset,
  path: string,
  options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<void> {
  if (!path.endsWith(".tar")) {
    throw new FoleyError("invalid-argument", `"${path}" does not end in .tar.`, {
      hint: "Name the archive, such as features.tar.",
    });
  }
  const { video, audio } = dataset.manifest;
  await writeFileAtomically(
    path,
    async (writer) => {
      const put = async (name: string, content: Uint8Array): Promise<void> => {
        await writer.write(tarHeader(name, content.length));
        await writer.write(content);
        const rest = content.length % TAR_BLOCK;
        if (rest > 0) await writer.write(new Uint8Array(TAR_BLOCK - rest));
      };
      for (const [i, clip] of dataset.clips.entries()) {
        options.signal?.throwIfAborted();
        const [tokens, { mean, std }] = await Promise.all([dataset.video([i]), dataset.latents([i])]);
        const tensors: Record<string, PlainTensor> = {
          video: stored([video.tokens, video.tokenWidth], tokens),
          latents: stored([audio.channels, audio.frames], mean),
          ...(std && { latentsStd: stored([audio.channels, audio.frames], std) }),
        };
        const { directory: _directory, place: _place, textPlaces: _texts, ...row } = clip;
        const key = `${String(i).padStart(8, "0")}-${(clip.id ?? "").slice(0, 8)}`;
        const text = new TextEncoder();
        await put(`${key}.json`, text.encode(`${JSON.stringify(row)}\n`));
        await put(`${key}.safetensors`, writeSafetensors(tensors));
        await put(`${key}.txt`, text.encode(clip.texts[0] ?? ""));
        options.onProgress?.(i + 1, dataset.clips.length);
      }
      await writer.write(new Uint8Array(2 * TAR_BLOCK));
    },
    { signal: options.signal },
  );
}

const stored = (shape: readonly number[], data: Float32Array): PlainTensor =>
  half({ dtype: "float32", shape, data }, "A feature");
