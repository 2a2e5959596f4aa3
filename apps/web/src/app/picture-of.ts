/** A small picture of a clip, for the list of projects. */
import type { Clip } from "../clip/clip.js";

/** Pixels. */
const HEIGHT = 80;
/** Where in the clip: its very first picture is often black. */
const SHARE = 0.2;

/** A picture as a `data:` address; `undefined` when there is none. */
export async function pictureOf(clip: Pick<Clip, "filmstrip" | "info">, signal: AbortSignal): Promise<string | undefined> {
  let address: string | undefined;
  const onPicture = (_index: number, picture: ImageBitmap): void => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height];
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
    picture.close();
    address = canvas.toDataURL("image/jpeg", 0.7);
  };
  await clip.filmstrip([clip.info.duration * SHARE], HEIGHT, onPicture, signal).catch(() => undefined);
  return address;
}
