/** What people are told of a video that cannot be shown, and of one that is odd. Pages have no other decoder: see decision 0073. */

import { text, warningWords } from "../strings/text.js";
import { ToldError } from "../strings/told.js";
import type { ClipWarning, Refused } from "./clip.js";

/** Codecs that some browsers decode. */
const DECODED = ["hevc", "av1", "vp9", "vp8", "avc"] as const;

/** Where a codec is decoded, by the name that `media` has for it, and what always helps. */
export function codecHelp(codec: string): string {
  const known = DECODED.find((one) => one === codec) ?? "none";
  return `${text(`clip.decodedBy.${known}`)} ${text("clip.convert")}`;
}

/** A clip that is refused, as an error. */
export function refusal(name: string, refused: Refused): ToldError {
  const { undecodable } = refused;
  if (undecodable === undefined)
    return new ToldError("no-video", text("clip.noPicture", { name }), { hint: text("clip.noPictureHint") });
  const hint = codecHelp(undecodable);
  return new ToldError("unsupported", text("clip.undecodable", { name }), { hint, sentence: refused.sentence });
}

/** What is odd with a clip, as a sentence. */
export const oddity = (name: string, warning: ClipWarning): string =>
  warning.code === "sound" ? text("clip.oddSound", { name, codec: warning.codec }) : warningWords(warning);
