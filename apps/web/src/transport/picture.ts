/**
 * The picture on a canvas, following the sound's clock: while it plays the next picture is fetched before it is due; else the newest place
 * asked for is shown, with at most one on its way.
 */
import type { Clip } from "../clip/clip.js";

/** Shows one clip on one canvas. */
export interface PictureFollower {
  /** Shows the place; called in each animation frame while it plays, and after each seek. */
  follow(seconds: number, options: { readonly ahead: boolean }): void;
  stop(): void;
}

/** A share of a picture's length: times that went through integers still fall into their picture. */
const SLACK = 0.01;

/** Begins to show a clip. */
export function followPicture(clip: Clip, canvas: HTMLCanvasElement): PictureFollower {
  const { frameRate, duration, width: full } = clip.info;
  const context = canvas.getContext("bitmaprenderer") as ImageBitmapRenderingContext;
  const indexAt = (seconds: number): number => Math.floor(seconds * frameRate + SLACK);
  let stopped = false;
  let busy = false;
  /** What is wanted now. */
  let wanted = { seconds: 0, index: 0, ahead: false };
  let shown: string | undefined;
  let due: { readonly index: number; readonly bitmap: ImageBitmap } | undefined;

  const width = (): number => {
    const box = canvas.parentElement?.clientWidth ?? full;
    return Math.max(160, Math.min(full, Math.ceil((box * (globalThis.devicePixelRatio || 1)) / 160) * 160));
  };
  const draw = (bitmap: ImageBitmap, key: string): void => {
    shown = key;
    // The page lays it out by these, whatever the picture's own size is.
    if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
    if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
    context.transferFromImageBitmap(bitmap);
  };
  const keyOf = (ahead: boolean, index: number, seconds: number): string => `${ahead ? index : seconds} ${width()}`;
  const fetchOne = async (): Promise<void> => {
    const { ahead } = wanted;
    const nowKey = keyOf(ahead, wanted.index, wanted.seconds);
    // The picture of now first, when it was missed; else the next one.
    const index = ahead && (shown === nowKey || due?.index === wanted.index) ? wanted.index + 1 : wanted.index;
    const key = keyOf(ahead, index, wanted.seconds);
    if (stopped || busy || key === shown || due?.index === index) return;
    busy = true;
    const seconds = ahead ? Math.min((index + 0.5) / frameRate, duration) : wanted.seconds;
    const bitmap = await clip.frameAt(seconds, width()).catch(() => undefined);
    busy = false;
    if (stopped || bitmap === undefined) return bitmap?.close();
    if (ahead && wanted.ahead && index > wanted.index) {
      due?.bitmap.close();
      due = { index, bitmap };
      return;
    }
    draw(bitmap, key);
    void fetchOne();
  };
  return {
    follow(seconds, { ahead }) {
      wanted = { seconds, index: indexAt(seconds), ahead };
      if (due && (!ahead || due.index < wanted.index || due.index > wanted.index + 1)) {
        due.bitmap.close();
        due = undefined;
      }
      if (due && due.index === wanted.index) {
        draw(due.bitmap, keyOf(true, due.index, 0));
        due = undefined;
      }
      void fetchOne();
    },
    stop() {
      stopped = true;
      due?.bitmap.close();
    },
  };
}
