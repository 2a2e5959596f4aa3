/** Lists of channels. */
import { FoleyError } from "@foley-control/core";
import type { Samples } from "./check.js";

/** The common length of the channels; throws `shape-mismatch` when there is none. */
export function checkChannels(channels: readonly Samples[]): number {
  const [first] = channels;
  if (!first || channels.some((channel) => channel.length !== first.length)) {
    const lengths = channels.map((channel) => channel.length).join(", ") || "no";
    throw new FoleyError("shape-mismatch", `Got channels of ${lengths} samples; expected one or more, equally long.`, {
      hint: "Pass a list of channels, one array each.",
    });
  }
  return first.length;
}
