/**
 * Where models are kept and fetched from, read from the environment by the same names and in the same order as Python's
 * `huggingface_hub` (`constants.py`, `utils/_auth.py`), so that both share files and log-ins.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { FoleyError } from "@foley-control/core";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the hub is and where its files are kept. */
export interface HubSettings {
  /** Absolute path of the cache folder, with one `models--org--name` per model. */
  readonly cache: string;
  /** Address of the hub, without a slash at the end. */
  readonly endpoint: string;
  /** Whether the network must not be touched. */
  readonly offline: boolean;
  /** The access token, read when asked for; `undefined` when there is none. Never part of a message. */
  readonly token: () => string | undefined;
}

/**
 * Settings from the environment. Cache: `HF_HUB_CACHE`, else `HUGGINGFACE_HUB_CACHE`, else `hub` in the home folder of the hub, which is
 * `HF_HOME`, else `XDG_CACHE_HOME/huggingface`, else `~/.cache/huggingface`. Token: `HF_TOKEN`, else `HUGGING_FACE_HUB_TOKEN`, else the
 * file `HF_TOKEN_PATH`, else `token` in the home folder of the hub. Also `HF_ENDPOINT`, and `HF_HUB_OFFLINE` (1, on, yes, true).
 *
 * @param env - environment variables
 * @throws FoleyError `invalid-argument` when `HF_ENDPOINT` is no http address
 */
export function hubSettings(env: Environment = process.env): HubSettings {
  const named = (name: string): string | undefined => (env[name] ? expand(env[name], env) : undefined);
  const cacheHome = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const home = named("HF_HOME") ?? join(cacheHome, "huggingface");
  const cache = named("HF_HUB_CACHE") ?? named("HUGGINGFACE_HUB_CACHE") ?? join(home, "hub");
  const tokenPath = named("HF_TOKEN_PATH") ?? join(home, "token");
  return {
    cache: resolve(cache),
    endpoint: checkEndpoint(env["HF_ENDPOINT"] || "https://huggingface.co"),
    offline: isTrue(env["HF_HUB_OFFLINE"] || env["TRANSFORMERS_OFFLINE"]),
    token: () => clean(env["HF_TOKEN"] || env["HUGGING_FACE_HUB_TOKEN"]) ?? storedToken(tokenPath, env),
  };
}

function storedToken(path: string, env: Environment): string | undefined {
  if (isTrue(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"])) return undefined;
  try {
    return clean(readFileSync(path, "utf8"));
  } catch {
    return undefined; // nobody logged in on this machine
  }
}

/** A token as a header can carry it. */
function clean(token: string | undefined): string | undefined {
  const text = token?.trim();
  if (text === undefined || text === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw new FoleyError("invalid-argument", "The access token has characters that no token has.", {
      hint: "Copy it again from https://huggingface.co/settings/tokens into HF_TOKEN.",
    });
  }
  return text;
}

function checkEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new FoleyError("invalid-argument", "HF_ENDPOINT is not an http address.", {
      hint: "Give one like https://huggingface.co, or unset it.",
    });
  }
  return text.replace(/\/+$/, "");
}

function isTrue(value: string | undefined): boolean {
  return /^(?:1|on|yes|true)$/i.test(value ?? "");
}

/** `~` and `$NAME` in a path, as Python expands them. */
function expand(path: string, env: Environment): string {
  const home = path === "~" || /^~[\\/]/.test(path) ? join(homedir(), path.slice(1)) : path;
  return home.replace(
    /\$(?:(\w+)|\{(\w+)\})/g,
    (whole, plain?: string, braced?: string) => env[(plain ?? braced) as string] ?? whole,
  );
}
