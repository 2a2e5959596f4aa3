/** Lists of channels. */
import { FoleyError, shown } from "@foley-control/core";
import { checkSamples, type Samples } from "./check.js";

/** The common length of the channels; throws `shape-mismatch` when there is none. */
export function checkChannels(channels: readonly Samples[]): number {
  const given: unknown = channels;
  if (!Array.isArray(given))
    throw new FoleyError("invalid-argument", `channels is ${shown(given)}; expected a list of channels.`, {
      hint: ArrayBuffer.isView(given) ? "Pass [samples], a list of one." : "Pass a list of channels first, one array each.",
    });
  for (const [i, channel] of channels.entries()) checkSamples(`channels[${i}]`, channel);
  const [first] = channels;
  if (!first || channels.some((channel) => channel.length !== first.length)) {
    const lengths = channels.map((channel) => channel.length).join(", ") || "no";
    throw new FoleyError("shape-mismatch", `Got channels of ${lengths} samples; expected one or more, equally long.`, {
      hint: "Pass a list of channels, one array each.",
    });
  }
  return first.length;
}
