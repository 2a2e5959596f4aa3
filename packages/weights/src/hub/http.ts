/**
 * Requests to the hub: repeated when the network or the server stumbles, redirected by hand so that the token never reaches another
 * host, and refused in words that say what to do.
 */
import { setTimeout as wait } from "node:timers/promises";
import { FoleyError } from "@foley-control/core";
import type { HubSettings } from "./settings.js";

/** How to reach the hub. */
export interface HubClient {
  readonly settings: HubSettings;
  /** Does the requests. */
  readonly fetch: typeof fetch;
  /** Requests that may fail one after another, none having brought a byte, before giving up. */
  readonly retries: number;
  /** Milliseconds before the first repetition; doubled for each further one, at most a minute. */
  readonly retryDelayMs: number;
  /** Milliseconds without a byte after which a connection counts as lost. */
  readonly stallMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What a request is about, for messages. */
export interface Subject {
  readonly repository: string;
  readonly revision: string;
  readonly file?: string;
}

/** A request of which only the outcome counts. */
export interface HubRequest {
  readonly method: "GET" | "HEAD";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a redirect to another host is followed (without the token) or returned as it is. */
  readonly leaveHub: boolean;
  /** Ends this one request; default: when it takes as long as a stalled connection may. */
  readonly signal?: AbortSignal;
}

/** An answer, and the address that gave it. */
export interface HubAnswer {
  readonly response: Response;
  /** Headers of every answer on the way, later ones first; redirects carry facts about the file that the store does not know. */
  readonly headers: readonly Headers[];
}

/** A failure that may pass: of the network, or of a server that is busy. */
export class PassingFailure extends Error {
  override readonly name = "PassingFailure";
  /** Milliseconds that the server asked to wait. */
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number | undefined } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * Sends one request and follows its redirects. The token goes to the host of the hub only.
 *
 * @throws PassingFailure where repeating may help; FoleyError where it does not
 */
export async function send(client: HubClient, request: HubRequest, subject: Subject): Promise<HubAnswer> {
  const hub = new URL(client.settings.endpoint);
  const token = client.settings.token();
  const headers: Headers[] = [];
  let url = new URL(request.url);
  for (let hops = 0; hops < 10; hops++) {
    let response: Response;
    try {
      const own = request.signal ?? AbortSignal.timeout(client.stallMs);
      const signal = client.signal === undefined ? own : AbortSignal.any([client.signal, own]);
      response = await client.fetch(url, {
        method: request.method,
        redirect: "manual",
        signal,
        headers: {
          ...request.headers,
          "accept-encoding": "identity",
          ...(token !== undefined && url.origin === hub.origin ? { authorization: `Bearer ${token}` } : {}),
        },
      });
    } catch (cause) {
      client.signal?.throwIfAborted();
      throw new PassingFailure(`${url.host} cannot be reached (${reason(cause)})`, { cause });
    }
    headers.unshift(response.headers);
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && response.status !== 304 && location !== null) {
      const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
      if (next === undefined || !/^https?:$/.test(next.protocol) || (url.protocol === "https:" && next.protocol === "http:")) {
        await response.body?.cancel();
        throw failed(subject, `${url.host} redirects to an address that is not used: another protocol than ${url.protocol}`);
      }
      if (next.origin !== hub.origin && !request.leaveHub) return { response, headers };
      await response.body?.cancel();
      url = next;
      continue;
    }
    if (response.ok || (response.status === 416 && request.headers?.["range"] !== undefined)) return { response, headers };
    await response.body?.cancel();
    if (response.status === 408 || response.status === 429 || response.status >= 500) {
      throw new PassingFailure(`${url.host} answered ${response.status}`, { retryAfterMs: retryAfter(response.headers) });
    }
    throw refusal(response, url, subject, client.settings, token !== undefined);
  }
  throw failed(subject, `${hub.host} redirects in a circle`);
}

/**
 * Does a piece of work again when it fails in a way that may pass.
 *
 * @param work - is told how often it failed
 * @param progressed - whether something was gained since it was last asked; then patience starts anew
 */
export async function persist<T>(
  client: HubClient,
  subject: Subject,
  work: () => Promise<T>,
  progressed = () => false,
): Promise<T> {
  for (let failures = 0; ; ) {
    client.signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      client.signal?.throwIfAborted();
      if (!(error instanceof PassingFailure)) throw error;
      if (progressed()) failures = 0;
      if (failures++ >= client.retries) throw failed(subject, error.message, error.cause ?? error);
      const delay = client.retryDelayMs * 2 ** (failures - 1);
      await wait(Math.min(60_000, error.retryAfterMs ?? delay), undefined, client.signal ? { signal: client.signal } : {}).catch(
        () => client.signal?.throwIfAborted(),
      );
    }
  }
}

/**
 * The text of an answer, of which there must be no more than is meant.
 *
 * @throws PassingFailure when it breaks off; FoleyError when it is longer
 */
export async function textOfAnswer(response: Response, limit: number, subject: Subject): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  try {
    for await (const part of response.body ?? []) {
      bytes += part.length;
      if (bytes > limit) break;
      text += decoder.decode(part, { stream: true });
    }
  } catch (cause) {
    throw new PassingFailure(`the answer broke off (${reason(cause)})`, { cause });
  }
  if (bytes > limit) throw failed(subject, `the answer has more than ${limit} bytes`);
  return text + decoder.decode();
}

/** The first value of a header on the way of an answer. */
export function headerOf(answer: HubAnswer, name: string): string | undefined {
  for (const headers of answer.headers) {
    const value = headers.get(name);
    if (value !== null) return value;
  }
  return undefined;
}

/** What a request was about, in words. */
export function describe({ repository, revision, file }: Subject): string {
  return `${file === undefined ? "" : `${file} of `}${repository}${revision === "main" ? "" : `@${revision}`}`;
}

/** What a failed connection says of itself; the outer error of fetch says nothing. */
export function reason(error: unknown): string {
  const inner = (error as { cause?: unknown } | undefined)?.cause ?? error;
  return (inner as NodeJS.ErrnoException | undefined)?.code ?? (inner instanceof Error ? inner.message : String(inner));
}

function failed(subject: Subject, what: string, cause?: unknown): FoleyError {
  return new FoleyError("download-failed", `Cannot fetch ${describe(subject)}: ${what}.`, {
    hint: "Check the network and HF_ENDPOINT, and do the same again: what has arrived is kept.",
    cause,
  });
}

function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** What 4xx means here, by the hub's `X-Error-Code` where it sends one. */
function refusal(response: Response, url: URL, subject: Subject, settings: HubSettings, hasToken: boolean): FoleyError {
  const { repository, revision, file } = subject;
  const page = `${settings.endpoint}/${repository}`;
  const tokens = `${settings.endpoint}/settings/tokens`;
  const code = response.headers.get("x-error-code");
  if (code === "GatedRepo" || response.status === 403) {
    return new FoleyError("access-denied", `${repository} gives its files only to those who accepted its conditions.`, {
      hint: hasToken
        ? `Open ${page} with the account that the token in HF_TOKEN belongs to, accept the conditions, and check at ${tokens} that the token may read gated repositories.`
        : `Open ${page}, log in and accept the conditions, make a token at ${tokens}, and set HF_TOKEN to it.`,
    });
  }
  if (response.status === 401 && hasToken && code !== "RepoNotFound") {
    return new FoleyError("access-denied", `${url.host} does not accept the access token.`, {
      hint: `Make a new one at ${tokens} and set HF_TOKEN to it.`,
    });
  }
  if (code === "RevisionNotFound")
    return new FoleyError("not-found", `${repository} has no branch, tag or commit "${revision}".`, {
      hint: `Choose one of those on ${page}.`,
    });
  if (code === "EntryNotFound")
    return new FoleyError("not-found", `${repository}@${revision} has no file "${file ?? ""}".`, {
      hint: `Its files are listed on ${page}/tree/${revision}.`,
    });
  if (response.status === 401 || response.status === 404) {
    return new FoleyError("not-found", `${url.host} knows no model ${describe(subject)} that may be read without more rights.`, {
      hint: hasToken
        ? "Check the name, and that the account of the token may read it."
        : "Check the name; if it is private, set HF_TOKEN.",
    });
  }
  return failed(subject, `${url.host} answered ${response.status}`);
}
