/** Serves a bundle to the browser on the loopback interface, cross-origin isolated unless it is said otherwise, so that wasm may use threads. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".map": "application/json",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/**
 * @param folders - first path segment → folder; `""` is the root
 * @param options - `isolated: false` leaves out the headers that threads need
 * @returns the address, and how to stop
 */
export async function serve(
  folders: Readonly<Record<string, string>>,
  { isolated = true }: { readonly isolated?: boolean } = {},
): Promise<{ readonly origin: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(request.url ?? "/").then(({ status, type, body }) => {
      response.writeHead(status, {
        "content-type": type,
        ...(isolated && { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }),
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
      });
      response.end(body);
    });
  });
  const answer = async (url: string): Promise<{ status: number; type: string; body: Uint8Array | string }> => {
    const path = decodeURIComponent(new URL(url, "http://localhost").pathname);
    const [, first = "", ...rest] = path.split("/");
    const mounted = Object.hasOwn(folders, first) && rest.length > 0;
    const folder = folders[mounted ? first : ""] as string;
    const file = normalize(join(folder, mounted ? rest.join("/") : path === "/" ? "index.html" : path));
    const missing = { status: 404, type: "text/plain", body: `no ${path}` };
    if (!file.startsWith(folder + sep)) return missing;
    try {
      return { status: 200, type: types[extname(file)] ?? "application/octet-stream", body: await readFile(file) };
    } catch {
      return missing;
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
