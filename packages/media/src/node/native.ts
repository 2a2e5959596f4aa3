/**
 * The optional native decoders and encoders (`@mediabunny/server`, FFmpeg's libraries inside a Node addon), loaded only
 * when asked for: the package is large and its binary is under the GPL, so it is a peer that the application chooses.
 */
import { FoleyError } from "@foley-control/core";
import { registerAacEncoder } from "@mediabunny/aac-encoder";
import { registerFlacEncoder } from "@mediabunny/flac-encoder";

let loading: Promise<boolean> | undefined;

/** Loads and registers the native codecs once per process. Resolves to false when they are not installed or cannot start here. */
export function loadNativeCodecs(): Promise<boolean> {
  loading ??= (async () => {
    // The first encoder registered wins: the delay of the WebAssembly AAC encoder is known, and the WebAssembly FLAC encoder
    // does not pad its last block.
    registerAacEncoder();
    registerFlacEncoder();
    try {
      const { registerMediabunnyServer } = await import("@mediabunny/server");
      // Without this the library looks for graphics cards and writes to stderr.
      registerMediabunnyServer({ hardwareContext: null });
      return true;
    } catch {
      return false;
    }
  })();
  return loading;
}

/** The error for work that needs a decoder or encoder that is not there. */
export function missingCodecs(work: string): FoleyError {
  const what = `${work} needs video codecs, and neither @mediabunny/server nor ffmpeg was found.`;
  return new FoleyError("missing-dependency", what, {
    hint: "Install one: `npm install @mediabunny/server`, or put `ffmpeg` and `ffprobe` on the PATH.",
  });
}
