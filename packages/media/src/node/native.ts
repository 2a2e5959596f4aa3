/**
 * The optional native decoders and encoders (`@mediabunny/server`, FFmpeg's libraries inside a Node addon), loaded only
 * when asked for: the package is large and its binary is under the GPL, so it is a peer that the application chooses.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
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
      await silenceLibav();
      return true;
    } catch {
      return false;
    }
  })();
  return loading;
}

/** FFmpeg's libraries write to stderr about every damaged packet; what matters of it reaches the caller as an error or a warning. */
async function silenceLibav(): Promise<void> {
  // They belong to the codecs' package: it is asked where they are, and they are the copy that it has loaded.
  const codecs = createRequire(import.meta.url).resolve("@mediabunny/server");
  const libav: { readonly Log: { setLevel(level: number): void }; readonly AV_LOG_QUIET: number } = await import(
    pathToFileURL(createRequire(codecs).resolve("node-av")).href
  );
  libav.Log.setLevel(libav.AV_LOG_QUIET);
}

/** The error for work that needs a decoder or encoder that is not there. */
export function missingCodecs(work: string): FoleyError {
  const what = `${work} needs video codecs, and neither @mediabunny/server nor ffmpeg was found.`;
  return new FoleyError("missing-dependency", what, {
    hint: "Install one: `npm install @mediabunny/server`, or put `ffmpeg` and `ffprobe` on the PATH.",
  });
}
