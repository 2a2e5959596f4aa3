/** What helps with a picture that this browser does not decode. Pages have no other decoder: what `<video>` plays cannot be read picture by picture in a worker. */

/** What always helps. */
const CONVERT = "Convert it to H.264 in mp4, or to VP9 in webm";

/** Where a codec is decoded, for those that some browsers know. */
const WHERE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    hevc: "Safari decodes it, as do Chrome and Edge where the graphics processor does",
    av1: "Chrome, Edge and Firefox decode it, and Safari on new machines",
    vp9: "Chrome, Edge and Firefox decode it",
    vp8: "Chrome, Edge and Firefox decode it",
    avc: "It may have a profile that browsers do not have, such as 10 bits or 4:2:2",
  }),
);

/** A sentence or two for a codec, by the name that `media` has for it. */
export function codecHelp(codec: string): string {
  const where = WHERE.get(codec);
  return where === undefined ? `No browser decodes it. ${CONVERT}.` : `${where}. Else: ${CONVERT.replace("Convert", "convert")}.`;
}
