/** Gathers prepared clips and writes them as a shard: the tensors first, whole or not at all, then their rows in the index. */
import { join } from "node:path";
import { sha256 } from "@foley-control/files/node";
import { writeSafetensorsFile } from "@foley-control/weights/node";
import { type ClipRow, PREPARED_FORMAT, type ShardPlace } from "../../data/clip-row.js";
import { joinRows, type Tensors } from "../shard-rows.js";
import { appendIndex, shardName } from "./index-file.js";
import type { WorkedClip } from "./prepare-clip.js";

/** Writes one shard after the other. */
export interface ShardWriter {
  /** Takes a clip; writes when a shard is full. */
  add(clip: WorkedClip): Promise<void>;
  /** Writes what is there. */
  flush(): Promise<void>;
}

/** What {@link shardWriter} needs. */
export interface ShardWriterOptions {
  readonly directory: string;
  /** Path of the index. */
  readonly index: string;
  /** Rows that are there already: their captions are embedded, their shards stay. */
  readonly rows: ReadonlyMap<string, ClipRow>;
  /** Most clips of a shard. */
  readonly clips: number;
  /** Bytes after which a shard is full. */
  readonly bytes: number;
  /** What identifies the parts, for the metadata of every shard. */
  readonly partsDigest: string;
  /** Embeds a caption. */
  readonly text: (caption: string) => Promise<Tensors>;
}

/** Makes a writer that goes on after the last shard of `rows`. */
export function shardWriter(options: ShardWriterOptions): ShardWriter {
  const texts = new Map<string, ShardPlace>();
  let number = 0;
  for (const row of options.rows.values()) {
    if (!row.place) continue;
    number = Math.max(number, Number(row.place.shard.replace(/\D/g, "")) + 1);
    for (const [i, place] of (row.textPlaces ?? []).entries()) {
      const key = sha256(row.texts[i] as string);
      if (!texts.has(key)) texts.set(key, place);
    }
  }
  let rows: ClipRow[] = [];
  let clips: Tensors[] = [];
  let captions: Tensors[] = [];
  let bytes = 0;
  const writer: ShardWriter = {
    async add({ row, features }) {
      if (!features) {
        rows.push(row);
        // Rows alone are light, but a run of bad files shall be known as such after a kill too.
        if (rows.length >= 16 * options.clips) await writer.flush();
        return;
      }
      const shard = shardName(number);
      const textPlaces: ShardPlace[] = [];
      for (const caption of row.texts) {
        const key = sha256(caption);
        let place = texts.get(key);
        if (!place) {
          place = { shard, row: captions.length };
          captions.push(await options.text(caption));
          texts.set(key, place);
        }
        textPlaces.push(place);
      }
      rows.push({ ...row, place: { shard, row: clips.length }, textPlaces });
      clips.push(features);
      bytes += Object.values(features).reduce((sum, { data }) => sum + data.byteLength, 0);
      if (clips.length >= options.clips || bytes >= options.bytes) await writer.flush();
    },
    async flush() {
      if (clips.length > 0) {
        const tensors = { ...joinRows(clips), ...(captions.length > 0 ? joinRows(captions) : {}) };
        await writeSafetensorsFile(join(options.directory, shardName(number)), tensors, {
          format: PREPARED_FORMAT,
          parts: options.partsDigest,
        });
      }
      await appendIndex(options.index, rows);
      if (clips.length > 0) number++;
      [rows, clips, captions, bytes] = [[], [], [], 0];
    },
  };
  return writer;
}
