/** Whether prepared features are those of a backbone: by the ids of its parts, then by what their weights are. */
import { type AudioBackbone, FoleyError } from "@foley-control/core";
import type { PreparedManifest } from "../../data/clip-row.js";
import { graphWeightsDigest } from "../prepare/parts.js";

/**
 * Refuses features that another codec or another text encoder made. Reads the weights of both once.
 *
 * @param from - names the dataset in errors
 * @throws FoleyError `invalid-argument` naming what differs
 */
export async function assertPreparedFor(
  backbone: AudioBackbone,
  { audio, text }: PreparedManifest,
  from: string,
  signal?: AbortSignal,
): Promise<void> {
  const { codec, text: words } = backbone;
  const facts: readonly (readonly [what: string, prepared: unknown, given: unknown])[] = [
    ["codec", audio.id, codec.id],
    ["number of latent channels", audio.channels, codec.latentChannels],
    ["latents per second", audio.latentRate, codec.latentRate],
    ["text encoder", text.id, words.id],
    ["number of text tokens", text.length, words.length],
    ["width of a text token", text.tokenWidth, words.tokenWidth],
  ];
  for (const [what, prepared, given] of facts) if (prepared !== given) throw differs(from, what, prepared, given, backbone);
  const sounding = codec.posteriorGraph?.({ frames: audio.frames }) ?? codec.encodeGraph({ frames: audio.frames });
  const digests = [
    ["weights of the codec", audio.digest, await graphWeightsDigest(sounding, codec.weights, { signal })],
    ["weights of the text encoder", text.digest, await graphWeightsDigest(words.graph(), words.weights, { signal })],
  ] as const;
  for (const [what, prepared, given] of digests)
    if (prepared !== given) throw differs(from, what, `${prepared.slice(0, 12)}…`, `${given.slice(0, 12)}…`, backbone);
}

const differs = (from: string, what: string, prepared: unknown, given: unknown, { id }: AudioBackbone): FoleyError =>
  new FoleyError(
    "invalid-argument",
    `The dataset in ${from} was prepared with the ${what} ${JSON.stringify(prepared)}; the backbone "${id}" has ${JSON.stringify(given)}.`,
    { hint: "Name the backbone that it was prepared with, or prepare the videos again with this one." },
  );
