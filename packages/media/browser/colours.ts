/** Colours in a page are those of Node: a browser's own opinion of a picture without tags does not count. */
import { openMedia } from "@foley-control/media/web";

/** What Node gives, in base64, by name. */
export type Clips = Readonly<Record<string, string>>;

/** Solid 200, 40, 90, by whatever matrix. */
export async function coloursAreThoseOfNode(clips: Clips): Promise<string> {
  const shown: string[] = [];
  for (const [name, base64] of Object.entries(clips)) shown.push(`${name}: ${await firstPixel(base64)}`);
  const wrong = shown.filter((each) => !/: (199|200|201) (39|40|41) (89|90|91)$/.test(each));
  if (wrong.length > 0) throw new Error(`${wrong.join(", ")}; 200 40 90 was expected`);
  return shown.join(", ");
}

async function firstPixel(base64: string): Promise<string> {
  using file = await openMedia(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
  const first = await file
    .frames({ size: [8, 8], fps: 2 })
    .next()
    .catch((error: unknown) => String(error));
  return typeof first === "string" ? first : (first.value?.rgb.subarray(0, 3).join(" ") ?? "no picture");
}
