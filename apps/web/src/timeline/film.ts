/** The filmstrip: pictures at round distances of the zoom, asked for where they are seen, kept for a while, the newest wish first. */
import type { Clip } from "../clip/clip.js";
import type { TimelineView } from "./view.js";

/** One picture's place. */
export interface FilmSlot {
  readonly time: number;
  readonly end: number;
  readonly key: string;
}

/** Pictures that are kept. */
const KEPT = 600;

/** The slots of a view: their distances are powers of two, so that zooming reuses what is there, and at most a picture's width, so that no gap is seen. */
export function filmSlots(view: TimelineView, pictureWidth: number): readonly FilmSlot[] {
  const power = Math.floor(Math.log2(pictureWidth / view.pixelsPerSecond));
  const spacing = 2 ** power;
  const end = Math.min(view.duration, view.start + view.width / view.pixelsPerSecond);
  const slots: FilmSlot[] = [];
  for (let index = Math.max(0, Math.floor(view.start / spacing)); index * spacing < end; index++)
    slots.push({ time: index * spacing, end: Math.min((index + 1) * spacing, view.duration), key: `${power} ${index}` });
  return slots;
}

/** The filmstrip of one clip. */
export interface Film {
  /** The picture of a slot, or the nearest coarser one that is there. */
  picture(slot: FilmSlot): ImageBitmap | undefined;
  /** Asks for what of the slots is missing. */
  want(slots: readonly FilmSlot[]): void;
  close(): void;
}

/** Begins a filmstrip whose pictures are `height` pixels high; `onPicture` is told of each new one. */
export function createFilm(clip: Pick<Clip, "filmstrip">, height: number, onPicture: () => void): Film {
  const pictures = new Map<string, ImageBitmap>();
  let running: { readonly keys: ReadonlySet<string>; readonly stop: AbortController } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (key: string, picture: ImageBitmap): void => {
    pictures.get(key)?.close();
    pictures.set(key, picture);
    while (pictures.size > KEPT) {
      const [oldest, old] = pictures.entries().next().value as [string, ImageBitmap];
      pictures.delete(oldest);
      old.close();
    }
    onPicture();
  };
  const ask = async (slots: readonly FilmSlot[]): Promise<void> => {
    running?.stop.abort();
    const mine = { keys: new Set(slots.map(({ key }) => key)), stop: new AbortController() };
    running = mine;
    try {
      const times = slots.map(({ time }) => time);
      await clip.filmstrip(times, height, (index, picture) => keep((slots[index] as FilmSlot).key, picture), mine.stop.signal);
    } catch {
      // Called off, or a picture that does not decode: its place stays empty.
    }
    if (running === mine) running = undefined;
  };
  return {
    picture({ key }) {
      const own = pictures.get(key);
      if (own) return own;
      const [power = 0, index = 0] = key.split(" ").map(Number);
      for (let up = 1; up <= 6; up++) {
        const coarser = pictures.get(`${power + up} ${Math.floor(index / 2 ** up)}`);
        if (coarser) return coarser;
      }
      return undefined;
    },
    want(slots) {
      const missing = slots.filter(({ key }) => !pictures.has(key));
      if (missing.every(({ key }) => running?.keys.has(key))) return;
      // While the view moves nothing is asked for: a decoder that is stopped and started shows nothing at all.
      clearTimeout(timer);
      timer = setTimeout(() => void ask(missing), 80);
    },
    close() {
      clearTimeout(timer);
      running?.stop.abort();
      for (const picture of pictures.values()) picture.close();
      pictures.clear();
    },
  };
}
