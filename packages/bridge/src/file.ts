/** Bridge files: safetensors with exactly the trained parameters, and a configuration that names the parts it fits. */
import {
  type AudioBackbone,
  assertHas,
  assertKind,
  type Bridge,
  FoleyError,
  type JsonCheck,
  json,
  type ParameterSource,
  parameterTensor,
  parseJson,
  shown,
} from "@foley-control/core";
import { parseSafetensors, writeSafetensors } from "@foley-control/weights";
import { createBridge } from "./bridge.js";
import { type BridgeConfig, listed, type TokenMaker, type TokenSource, tokenSource } from "./config.js";

/** `format` in the metadata of a bridge file; a file that names another one is refused. */
export const BRIDGE_FORMAT = "foley-control/bridge@1";

/** Keys of the metadata that {@link saveBridge} writes itself. */
const reserved = ["format", "config"];

/**
 * A bridge as a safetensors file. The same bridge and provenance give the same bytes.
 *
 * @param bridge - Its weights must be in memory.
 * @param provenance - Further strings for the metadata, e.g. how it was trained, on what, under which licence.
 * @returns The bytes of the file.
 * @throws FoleyError `invalid-argument` when the provenance uses `format` or `config`; `unsupported` when the weights lie
 *   in a file.
 */
export function saveBridge(bridge: Bridge, provenance: Readonly<Record<string, string>> = {}): Uint8Array {
  assertHas("bridge", bridge, "hook", "a bridge", "Pass what freshBridge() or loadBridge() gave.");
  const taken = reserved.find((key) => key in provenance);
  if (taken) {
    throw new FoleyError("invalid-argument", `The provenance has the key "${taken}", which the file itself uses.`, {
      hint: "Give it another name.",
    });
  }
  const tensors = bridge.parameters.map(({ name }) => {
    const stored = bridge.weights.get(name);
    if (!stored) throw new FoleyError("bad-weights", `The bridge has no values for its parameter "${name}".`);
    return [name, parameterTensor(name, stored)] as const;
  });
  return writeSafetensors(tensors, { format: BRIDGE_FORMAT, config: JSON.stringify(bridge.config), ...provenance });
}

/**
 * A bridge from the bytes of its file; nothing is copied.
 *
 * @throws FoleyError `bad-file` when the bytes are no safetensors file; otherwise as {@link bridgeFromSource}.
 * @example
 * const bridge = loadBridge(new Uint8Array(await (await fetch("/bridge.safetensors")).arrayBuffer()));
 */
export function loadBridge(bytes: Uint8Array): Bridge {
  assertKind(
    "bytes",
    bytes,
    "bytes",
    "Read the file first, or open it by its path with openSafetensors() and bridgeFromSource().",
  );
  const file = parseSafetensors(bytes, { label: "The bridge file" });
  return bridgeFromSource(file, file.metadata);
}

/**
 * A bridge from an opened file, whose weights stay where they are.
 *
 * @param source - Its parameters.
 * @param metadata - The strings of the file: `config`, and `format` where it was written.
 * @throws FoleyError `bad-weights` when the configuration is missing or damaged, or a parameter is missing or mis-shaped.
 */
export function bridgeFromSource(source: ParameterSource, metadata: Readonly<Record<string, string>>): Bridge {
  const { format, config } = metadata;
  if (format !== undefined && format !== BRIDGE_FORMAT) {
    throw new FoleyError("bad-weights", `The file has the format ${shown(format)}; "${BRIDGE_FORMAT}" was expected.`, {
      hint: "Give a bridge file, or install the version that wrote it.",
    });
  }
  if (config === undefined) {
    throw new FoleyError("bad-weights", `The file has no "config" in its metadata, so it is no bridge.`, {
      hint: "Give a file that saveBridge() wrote.",
    });
  }
  return createBridge(parseConfig(config), source);
}

/**
 * Refuses a bridge that was not made for these parts.
 *
 * @throws FoleyError `bad-weights` that names what differs.
 */
export function assertFits(
  bridge: Bridge,
  backbone: AudioBackbone,
  encoders: TokenMaker | readonly [TokenMaker, ...TokenMaker[]],
): void {
  const hint = "Pass bridge, backbone and video encoder, in this order.";
  const [encoder, ...beside] = listed(encoders);
  assertHas("bridge", bridge, "hook", "a bridge", hint);
  assertHas("backbone", backbone, "denoiser", "an audio backbone", hint);
  assertHas("encoder", encoder, "tokenWidth", "a video encoder", hint);
  const config = bridge.config as Partial<BridgeConfig>;
  const site = backbone.denoiser.sites(1)[0];
  const pairs: readonly (readonly [what: string, wanted: unknown, given: unknown])[] = [
    ["backbone", config.backbone, backbone.id],
    ["video encoder", config.encoder, encoder.id],
    ["number of video encoders", config.encoder && 1 + (config.beside?.length ?? 0), 1 + beside.length],
    ["number of blocks", config.blocks, backbone.denoiser.blocks],
    ["width of the backbone", config.width, site?.width],
    ["head width of the backbone", config.headWidth, site?.headWidth],
    ...tokensOf(config, encoder),
    ...(config.beside ?? []).flatMap((source, place) => {
      const given = beside[place];
      return [["video encoder", source.encoder, given?.id] as const, ...(given ? tokensOf(source, given) : [])];
    }),
  ];
  for (const [what, wanted, given] of pairs) {
    if (wanted === undefined || wanted === given) continue;
    throw new FoleyError(
      "bad-weights",
      `The bridge was trained for the ${what} ${shown(wanted)}, but ${shown(given)} was given.`,
      { hint: "Use the parts that the bridge's file names, or train a bridge for these." },
    );
  }
}

/** What tokens must have in common with those that a bridge was trained on. */
function tokensOf(
  wanted: Partial<TokenSource>,
  given: TokenMaker,
): readonly (readonly [what: string, wanted: unknown, given: unknown])[] {
  const { tokenWidth, tokenRate, tokensPerStep, windows } = tokenSource(given);
  const between = (times: TokenSource["windows"]) => (times ? `${times.steps} every ${times.seconds} s` : "none");
  return [
    ["token width", wanted.tokenWidth, tokenWidth],
    ["token rate", wanted.tokenRate, tokenRate],
    ["number of tokens per step", wanted.tokensPerStep, tokensPerStep],
    ["steps of overlapping windows", wanted.tokenRate && between(wanted.windows), between(windows)],
  ];
}

/** Widths and counts that no network reaches: what a file says is checked before anything is built of it. */
const width = json.whole(1, 2 ** 16);
/** What a configuration says of one encoder. */
const source = {
  encoder: json.text(),
  tokenWidth: width,
  tokensPerStep: width,
  tokenRate: json.number(1e-3, 1e4),
  windows: json.optional(json.object({ steps: json.whole(1, 2 ** 16), seconds: json.number(1e-6, 3600) })),
};
/** Encoders that one bridge reads beside its first. */
const MOST_BESIDE = 15;

/** What the configuration of a bridge must be, wherever a file has it. */
export const bridgeConfigCheck: JsonCheck = json.object({
  version: json.oneOf(1),
  backbone: json.text(),
  ...source,
  beside: json.optional(json.list(json.object(source), MOST_BESIDE)),
  blocks: json.whole(1, 1024),
  width,
  headWidth: width,
  adapterHidden: json.whole(1, 2 ** 18),
  positions: json.oneOf("seconds", "index"),
  adapter: json.oneOf("per-block", "shared"),
});

/**
 * The configuration that the metadata of a bridge's file holds, checked.
 *
 * @throws FoleyError `bad-weights` that names what is wrong.
 */
function parseConfig(text: string): BridgeConfig {
  const what = "The configuration in the bridge file";
  const hint = "Give a file that saveBridge() wrote.";
  const config = parseJson(text, { what, code: "bad-weights", hint });
  const problem = bridgeConfigCheck(config, "");
  if (problem) throw new FoleyError("bad-weights", `${what} is not usable: ${problem}.`, { hint });
  return config as BridgeConfig;
}
