/**
 * How much of the engine's code has come. A bundler decides where the `.wasm` file lies and ONNX Runtime fetches it itself, so its bytes are
 * counted as they pass by.
 */
import type { DownloadNews } from "../shared/protocol.js";

/**
 * Bytes of the engine's code in `onnxruntime-web` 1.30.0, for servers that compress it and so do not say: a test compares them with the installed
 * package.
 */
export const engineBytes = { wasm: 14_239_897, webgpu: 26_781_914, jspi: 16_758_545 } as const;

/** Milliseconds between two reports of one file. */
const PAUSE = 100;

/** A `fetch` whose answers report their bytes as they are read. */
export function countDownloads(fetch: typeof globalThis.fetch, report: (news: DownloadNews) => void): typeof globalThis.fetch {
  return async (...request) => {
    const response = await fetch(...request);
    if (!response.ok || response.body === null) return response;
    const file = new URL(response.url, "http://localhost").pathname.split("/").at(-1) ?? "";
    // Of what was compressed, the header counts other bytes than come out.
    const length = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length") ?? 0);
    const size = length > 0 ? { total: length } : {};
    let done = 0;
    let last = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          done += chunk.length;
          controller.enqueue(chunk);
          const now = performance.now();
          if (now - last < PAUSE) return;
          last = now;
          report({ type: "download", file, done, ...size });
        },
        flush: () => report({ type: "download", file, done, total: done }),
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(counted, { status, statusText, headers });
  };
}
