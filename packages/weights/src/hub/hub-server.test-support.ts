/**
 * A hub on this machine for tests: the paths and headers of huggingface.co as its clients use them, with a store of its own on another
 * port that large files are redirected to, and with every fault that a test asks for.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it arrived. */
export interface Seen {
  readonly host: "hub" | "store";
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** `org/name` → path → content. */
type Repositories = Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>;

/** A hub that is running. */
export interface TestHub {
  /** Its address. */
  readonly endpoint: string;
  /** The commit of `main`. */
  readonly commit: string;
  /** Requests, oldest first. */
  readonly seen: Seen[];
  /** Asked before each answer; `true` when it has answered by itself. */
  fault: ((seen: Seen, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

/** Digest of a file as the hub names it. */
export function etagOf(bytes: Uint8Array, large: boolean): string {
  return large
    ? createHash("sha256").update(bytes).digest("hex")
    : createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * Serves a repository. Files that end in `.safetensors` are large: the hub redirects them to the store.
 *
 * @param options - `token`: without it the repository is gated; `others`: repositories besides, which are open to all
 */
export async function startTestHub(
  repository: string,
  files: Readonly<Record<string, Uint8Array>>,
  options: { readonly token?: string; readonly licence?: string; readonly others?: Repositories } = {},
): Promise<TestHub> {
  const repositories: Repositories = { ...options.others, [repository]: files };
  const commitOf = (name: string): string =>
    createHash("sha1")
      .update(JSON.stringify(Object.keys(repositories[name] ?? {})))
      .digest("hex");
  const isLarge = (name: string): boolean => name.endsWith(".safetensors");
  const seen: Seen[] = [];
  const note = (host: Seen["host"], request: IncomingMessage): Seen => {
    const { range, authorization } = request.headers;
    const entry = { host, method: request.method ?? "", path: request.url ?? "", range, authorization };
    seen.push(entry);
    return entry;
  };
  const fail = (response: ServerResponse, status: number, code: string): void => {
    response.writeHead(status, { "x-error-code": code }).end();
  };
  const sendBytes = (
    request: IncomingMessage,
    response: ServerResponse,
    bytes: Uint8Array,
    headers: Record<string, string>,
  ): void => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const part = bytes.subarray(start);
    const range = start > 0 ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(start > 0 ? 206 : 200, { ...headers, ...range, "content-length": String(part.length) });
    response.end(request.method === "HEAD" ? undefined : part);
  };

  const store = await listen((request, response) => {
    const entry = note("store", request);
    if (hub.fault?.(entry, response)) return;
    const all = Object.values(repositories).flatMap((each) => Object.values(each));
    const bytes = all.find((each) => `/${etagOf(each, true)}?signature=abc` === entry.path);
    if (bytes === undefined) response.writeHead(404).end();
    else sendBytes(request, response, bytes, { etag: '"of-the-store"' });
  });
  const main = await listen((request, response) => {
    const entry = note("hub", request);
    if (hub.fault?.(entry, response)) return;
    const path = decodeURIComponent(entry.path);
    const asked = Object.keys(repositories).find(
      (each) => path.startsWith(`/${each}/`) || path.startsWith(`/api/models/${each}/`),
    );
    if (asked === undefined) return fail(response, entry.authorization ? 404 : 401, "RepoNotFound");
    const commit = commitOf(asked);
    const listed = repositories[asked] ?? {};
    if (asked === repository && options.token !== undefined && entry.authorization !== `Bearer ${options.token}`) {
      return fail(response, entry.authorization ? 403 : 401, "GatedRepo");
    }
    const [revision, name] = path.startsWith("/api/")
      ? [path.split("/revision/")[1], undefined]
      : (/\/resolve\/([^/]+)\/(.+)$/.exec(path)?.slice(1) ?? []);
    if (revision !== "main" && revision !== "refs/pr/1" && revision !== commit) return fail(response, 404, "RevisionNotFound");
    if (name === undefined) {
      const siblings = Object.keys(listed).map((rfilename) => ({ rfilename }));
      response.writeHead(200, { "content-type": "application/json" });
      return void response.end(JSON.stringify({ sha: commit, siblings, cardData: { license: options.licence ?? "mit" } }));
    }
    const bytes = listed[name];
    if (bytes === undefined) return fail(response, 404, "EntryNotFound");
    const etag = etagOf(bytes, isLarge(name));
    if (!isLarge(name)) return sendBytes(request, response, bytes, { "x-repo-commit": commit, etag: `"${etag}"` });
    response.writeHead(302, {
      "x-repo-commit": commit,
      "x-linked-etag": `"${etag}"`,
      "x-linked-size": String(bytes.length),
      etag: '"of-the-redirect"',
      location: `${addressOf(store)}/${etag}?signature=abc`,
    });
    response.end();
  });
  const hub: TestHub = {
    endpoint: addressOf(main),
    commit: commitOf(repository),
    seen,
    fault: undefined,
    async close() {
      for (const server of [main, store]) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
  return hub;
}

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

/** Two ports are two origins, so the store is another host to the one who must not send it a token. */
function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
