/**
 * A package registry on this machine: the packed packages as if they were published, everything else as the registry that is set up has it.
 * What is installed from it is installed as a stranger would, by name.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** A registry that is running. */
export interface LocalRegistry {
  /** Its address, on the loopback. */
  readonly url: string;
  close(): void;
}

/** A tarball's manifest, as it was packed. */
function manifestOf(tarball: Uint8Array): { readonly name: string; readonly version: string } {
  const archive = gunzipSync(tarball);
  for (let at = 0; at + 512 <= archive.length; ) {
    const text = (from: number, length: number) =>
      archive.toString("latin1", at + from, at + from + length).replace(/\0.*$/s, "");
    const size = Number.parseInt(text(124, 12), 8) || 0;
    if (text(0, 100) === "package/package.json") return JSON.parse(archive.toString("utf8", at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error("a tarball without package/package.json");
}

/** Starts a registry over tarballs; `upstream` is asked for all other packages. */
export async function startRegistry(tarballs: readonly string[], upstream: string): Promise<LocalRegistry> {
  const own = new Map(
    tarballs.map((path) => {
      const bytes = readFileSync(path);
      return [manifestOf(bytes).name, { bytes, manifest: manifestOf(bytes) }];
    }),
  );
  let url = "";
  const answer = async ({ url: asked = "/", headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = decodeURIComponent(asked.slice(1));
    const send = (type: string, body: string | Uint8Array) => response.writeHead(200, { "content-type": type }).end(body);
    const packed = own.get(name.replace(/^-\/own\//, ""));
    if (packed && name.startsWith("-/own/")) return void send("application/octet-stream", packed.bytes);
    if (packed) return void send("application/json", JSON.stringify(packument(packed.manifest, packed.bytes, url)));
    const other = name.startsWith("-/other/") ? name.slice("-/other/".length) : `${upstream.replace(/\/$/, "")}${asked}`;
    const found = await fetch(other, { headers: { accept: headers.accept ?? "*/*" } });
    const bytes = new Uint8Array(await found.arrayBuffer());
    const type = found.headers.get("content-type") ?? "application/octet-stream";
    response.statusCode = found.status;
    if (!found.ok || !type.includes("json")) return void response.setHeader("content-type", type).end(bytes);
    // Tarballs come through here too: no other host can be reached.
    const document = JSON.parse(new TextDecoder().decode(bytes)) as { versions?: Record<string, { dist: { tarball: string } }> };
    for (const { dist } of Object.values(document.versions ?? {}))
      dist.tarball = `${url}/-/other/${encodeURIComponent(dist.tarball)}`;
    response.setHeader("content-type", type).end(JSON.stringify(document));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(502).end(error.message));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, close: () => server.close() };
}

function packument(manifest: { readonly name: string; readonly version: string }, bytes: Uint8Array, url: string): object {
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const dist = { tarball: `${url}/-/own/${encodeURIComponent(manifest.name)}`, integrity };
  const { name, version } = manifest;
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}
