/**
 * What the page may load: its own files, and nothing of anybody else. The one way out is the hub of models, which is asked only after a person agreed.
 * Hosts that send headers send this too; in the page it stands for those that cannot.
 */
import type { Plugin } from "vite";

/** The policy of the page. */
const POLICY: string = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  // Codecs start workers from their own text.
  "worker-src 'self' blob:",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self' blob: data: https://huggingface.co https://*.huggingface.co https://*.hf.co",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
].join("; ");

/** What a host should send with every file: the headers for threads, and the policy, which workers do not read from the page. */
export const HEADERS: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": `${POLICY}; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Puts the policy into the built page. */
export function policy(): Plugin {
  return {
    name: "foley-policy",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY }, injectTo: "head-prepend" },
    ],
  };
}
