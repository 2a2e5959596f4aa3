/**
 * Serves the built studio, and a video that it is to open, to browsers on this machine. It reads, and does nothing else: GET and HEAD, files of one
 * folder and one video, never more of them in memory than goes out.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { FoleyError } from "@foley-control/core";
import { fileOf, type Sendable, sendable } from "./files.js";

/** How to serve. */
export interface StudioServerOptions {
  /** Absolute path of the folder that the studio was built into. */
  readonly site: string;
  /** Absolute path of a video; it is at `/video/NAME`. */
  readonly video?: { readonly path: string; readonly name: string } | undefined;
  /** Default 127.0.0.1: nobody else can reach it. */
  readonly host?: string | undefined;
  /** Default one that is free. */
  readonly port?: number | undefined;
  /** Sent with every answer. Default what `headers.json` of the site says. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Hears each request. */
  readonly onRequest?: (request: IncomingMessage) => void;
}

/** A server that runs. */
export interface StudioServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Most connections at a time; a browser opens six. */
const CONNECTIONS = 64;

/** What the studio's build says is to be sent with each of its files: headers for threads, and its policy. */
async function headersOf(site: string): Promise<Readonly<Record<string, string>>> {
  const read = await readFile(join(site, "headers.json"), "utf8").catch(() => "{}");
  return JSON.parse(read) as Readonly<Record<string, string>>;
}

/**
 * Starts to serve.
 *
 * @throws FoleyError `invalid-argument` when the port is taken or the host is none of this machine
 */
export async function serveStudio(options: StudioServerOptions): Promise<StudioServer> {
  const { host = "127.0.0.1", port = 0 } = options;
  const headers = options.headers ?? (await headersOf(options.site));
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    options.onRequest?.(request);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // A client that goes away ends its answer, and nothing else.
    answer(request, response, options).catch(() => response.destroy());
  });
  server.maxConnections = CONNECTIONS;
  await new Promise<void>((done, fail) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === "EADDRINUSE";
      const words = taken
        ? `The port ${port} is in use.`
        : `The studio cannot be served at ${host}, port ${port}: ${cause.message}`;
      const hint = taken
        ? "Perhaps the studio is already open. Another port is another place for projects: they stay with the address."
        : "Serve it at 127.0.0.1 on a port from 1024 to 65535.";
      fail(new FoleyError("invalid-argument", words, { hint, cause }));
    });
    server.listen(port, host, done);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    origin: `http://${isIP(host) === 6 ? `[${host}]` : host}:${taken}`,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Names by which a page of this machine may call this machine. A page of another name that leads here is an attack. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

async function answer(request: IncomingMessage, response: ServerResponse, options: StudioServerOptions): Promise<void> {
  const { site, video, host = "127.0.0.1" } = options;
  const refuse = (status: number, words: string, more: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...more });
    response.end(request.method === "HEAD" ? undefined : words);
  };
  const local = host === "127.0.0.1" || host === "localhost" || host === "::1";
  if (local && !LOOPBACK.test(request.headers.host ?? "")) return refuse(421, "This server is for this machine.");
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "GET and HEAD.", { allow: "GET, HEAD" });
  let path: string;
  try {
    path = decodeURIComponent(new URL(request.url ?? "/", "http://127.0.0.1").pathname);
  } catch {
    return refuse(400, "The address cannot be read.");
  }
  const found = video !== undefined && path === `/video/${video.name}` ? await sendable(video.path) : await fileOf(site, path);
  if (found === undefined) return refuse(404, "There is nothing here.");
  // Names of files in assets/ change with their content.
  const lasting = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  const head = { "content-type": found.type, "cache-control": lasting, etag: found.tag, "accept-ranges": "bytes" };
  if (request.headers["if-none-match"] === found.tag) return void response.writeHead(304, head).end();
  const range = rangeOf(request.headers, found);
  if (range === "unsatisfiable") return refuse(416, "There are fewer bytes.", { "content-range": `bytes */${found.bytes}` });
  const [from, to] = range ?? [0, found.bytes];
  response.writeHead(range ? 206 : 200, {
    ...head,
    "content-length": to - from,
    ...(range && { "content-range": `bytes ${from}-${to - 1}/${found.bytes}` }),
  });
  if (request.method === "HEAD") response.end();
  else await pipeline(found.read(from, to), response);
}

/** The one range that is asked for; `undefined` where all is to be sent: none, several, or of what has changed since. */
function rangeOf(
  { range, "if-range": condition }: IncomingMessage["headers"],
  { bytes, tag }: Sendable,
): readonly [number, number] | "unsatisfiable" | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (!found || (condition !== undefined && condition !== tag)) return undefined;
  const [, first = "", last = ""] = found;
  if (first === "" && last === "") return undefined;
  const from = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const to = first === "" || last === "" ? bytes : Math.min(bytes, Number(last) + 1);
  return from < to ? [from, to] : "unsatisfiable";
}
