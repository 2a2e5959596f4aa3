/** Small players of sounds and videos: the browser's own, without a script. */
import { FoleyError } from "@foley-control/core";
import { escape } from "./escape.js";

/** What {@link player} plays. */
export interface Player {
  /** Whether there is a picture. */
  readonly kind: "audio" | "video";
  /**
   * Relative URL of a file that lies with the page (names percent-encoded), or the file itself as a `data:` URI of sound or video.
   */
  readonly source: string;
  /** Said beneath. Default: nothing. */
  readonly caption?: string | undefined;
}

/**
 * A player for a file beside the page, or in it.
 *
 * @returns an HTML fragment for the body of a section; players that follow each other stand side by side
 * @throws FoleyError `invalid-argument` for a source that would be fetched from elsewhere or that stops working when page and files are moved.
 *
 * @example
 * ```ts
 * player({ kind: "audio", source: "clips/a%20dog.wav", caption: "a dog" });
 * ```
 */
export function player({ kind, source, caption }: Player): string {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(source)?.[0];
  if (source === "" || /^[/\\]/.test(source) || (scheme !== undefined && !/^data:(?:audio|video)\//i.test(source)))
    throw new FoleyError("invalid-argument", `The source of a player is "${source.slice(0, 80)}".`, {
      hint: "Give a relative URL of a file that lies with the page, or a data: URI of sound or video.",
    });
  const note = caption === undefined ? "" : `<figcaption>${escape(caption)}</figcaption>`;
  const size = kind === "video" ? ' width="320" playsinline' : "";
  return `<figure class="player"><${kind} controls preload="metadata" src="${escape(source)}"${size}></${kind}>${note}</figure>`;
}
