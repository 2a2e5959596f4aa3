/**
 * What a file says about itself goes with its picture: title, place, chapters, and when it was recorded. Between mp4 and mov the boxes of `udta` are
 * copied as they are (chapters as Nero's `chpl`), elsewhere the tags that both containers know. What is lost is said.
 */
import type { MetadataTags, Output } from "mediabunny";
import { type Box, boxesIn, boxName, findBox, insideOf } from "../read/boxes.js";
import type { Inspection } from "../read/inspect.js";
import type { VideoContainer } from "./container-name.js";

/** What is kept of a file's metadata. */
export interface KeptMetadata {
  readonly tags: MetadataTags;
  /** When the file was made, seconds since 1904 began; 0 where it does not say. */
  readonly created: number;
  /** What the new file does not have any more, in words. */
  readonly lost: readonly string[];
}

/** Between the epochs of mp4 and of Unix, seconds. */
const EPOCH = 2_082_844_800;
/** Largest box that is copied, bytes: a picture of a cover, not a film. */
const LARGEST = 16 * 2 ** 20;
/** Boxes that say where a film was made. */
const PLACES = ["loci", "\xa9xyz"];
const isMovie = (container: string): boolean => container === "mp4" || container === "mov";

/** What of a file's metadata a file of another container keeps. */
export async function keptMetadata({ info, index, head, tags }: Inspection, container: VideoContainer): Promise<KeptMetadata> {
  const found = await tags().catch((): MetadataTags => ({}));
  const created = index ? creationOf(index) : head?.created === undefined ? 0 : head.created + EPOCH;
  const user = index && findBox(index, insideOf(index), "udta");
  const chapters = index ? hasChapters(index, user) : (head?.hasChapters ?? false);
  const lost = (index && countTracks(index, ["sbtl", "subt", "clcp"]) > 0) || head?.hasSubtitles ? ["its subtitles"] : [];
  if (index && isMovie(container)) {
    const copied = user !== undefined && findBox(index, user, "chpl") !== undefined;
    if (chapters && !copied) lost.push("its chapters");
    return { tags: { raw: boxesOf(index, user) }, created, lost };
  }
  if (chapters) lost.push("its chapters");
  if (index && user && PLACES.some((box) => findBox(index, user, box))) lost.push("its place");
  const { raw, ...known } = found;
  const same = !isMovie(info.container) && !isMovie(container) && raw;
  const date = created === 0 ? {} : { CREATION_TIME: new Date((created - EPOCH) * 1000).toISOString() };
  const titled = head?.title ? { title: head.title } : {};
  return { tags: { ...titled, ...known, ...(isMovie(container) ? {} : { raw: { ...same, ...date } }) }, created, lost };
}

/**
 * Writes a time into an mp4 or mov as that of its making. The muxing library takes the clock's, and has no option for another: two
 * files of the same contents would differ.
 */
export function stampTime(output: Output, created: number): void {
  const { _muxer } = output as unknown as { readonly _muxer?: { creationTime?: number } };
  if (typeof _muxer?.creationTime === "number") _muxer.creationTime = created;
}

/** Contents of the boxes in `udta`; that of `meta` may stand beside it. */
function boxesOf(index: DataView, user: Box | undefined): Record<string, Uint8Array> {
  const found: Record<string, Uint8Array> = {};
  const movie = insideOf(index);
  const beside = findBox(index, movie, "meta");
  for (const box of [...(user ? boxesIn(index, user.from, user.to) : []), ...(beside ? [beside] : [])]) {
    if (box.to - box.from <= LARGEST && !(box.type in found))
      found[box.type] = new Uint8Array(index.buffer, index.byteOffset + box.from, box.to - box.from).slice();
  }
  return found;
}

function creationOf(index: DataView): number {
  const header = findBox(index, insideOf(index), "mvhd");
  if (!header || header.from + 12 > header.to) return 0;
  const time = index.getUint8(header.from) === 1 ? Number(index.getBigUint64(header.from + 4)) : index.getUint32(header.from + 4);
  // Some programs count from 1970; a time before then is theirs, or nobody's.
  return time < EPOCH ? 0 : time;
}

function hasChapters(index: DataView, user: Box | undefined): boolean {
  if (user && findBox(index, user, "chpl")) return true;
  const { from, to } = insideOf(index);
  return [...boxesIn(index, from, to)].some((track) => track.type === "trak" && findBox(index, track, "tref", "chap"));
}

function countTracks(index: DataView, handlers: readonly string[]): number {
  const { from, to } = insideOf(index);
  return [...boxesIn(index, from, to)].filter((track) => {
    const handler = track.type === "trak" ? findBox(index, track, "mdia", "hdlr") : undefined;
    return handler && handler.from + 12 <= handler.to && handlers.includes(boxName(index, handler.from + 8));
  }).length;
}
