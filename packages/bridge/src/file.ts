/** Bridge files: safetensors with exactly the trained parameters, and a configuration that names the parts it fits. */
import { type AudioBackbone, type Bridge, FoleyError, type ParameterSource, parameterTensor } from "@foley-control/core";
import { parseSafetensors, writeSafetensors } from "@foley-control/weights";
import { createBridge } from "./bridge.js";
import type { BridgeConfig, TokenMaker } from "./config.js";

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
    throw new FoleyError("bad-weights", `The file has the format "${format}"; "${BRIDGE_FORMAT}" was expected.`, {
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
export function assertFits(bridge: Bridge, backbone: AudioBackbone, encoder: TokenMaker): void {
  const config = bridge.config as Partial<BridgeConfig>;
  const site = backbone.denoiser.sites(1)[0];
  const pairs: readonly (readonly [what: string, wanted: unknown, given: unknown])[] = [
    ["backbone", config.backbone, backbone.id],
    ["video encoder", config.encoder, encoder.id],
    ["number of blocks", config.blocks, backbone.denoiser.blocks],
    ["width of the backbone", config.width, site?.width],
    ["head width of the backbone", config.headWidth, site?.headWidth],
    ["token width", config.tokenWidth, encoder.tokenWidth],
    ["token rate", config.tokenRate, encoder.tokenRate],
    ["number of tokens per step", config.tokensPerStep, encoder.tokensPerStep ?? 1],
  ];
  for (const [what, wanted, given] of pairs) {
    if (wanted === undefined || wanted === given) continue;
    throw new FoleyError(
      "bad-weights",
      `The bridge was trained for the ${what} ${JSON.stringify(wanted)}, but ${JSON.stringify(given)} was given.`,
      { hint: "Use the parts that the bridge's file names, or train a bridge for these." },
    );
  }
}

const sizes = ["blocks", "width", "headWidth", "tokenWidth", "tokensPerStep", "adapterHidden"] as const;

/** Checks what comes from a file before networks are built of it. */
function parseConfig(text: string): BridgeConfig {
  const damaged = (why: string, cause?: unknown) =>
    new FoleyError("bad-weights", `The configuration in the bridge file is not usable: ${why}.`, {
      hint: "Give a file that saveBridge() wrote.",
      cause,
    });
  let config: Partial<Record<keyof BridgeConfig, unknown>> | null;
  try {
    config = JSON.parse(text) as typeof config;
  } catch (cause) {
    throw damaged("it is no JSON", cause);
  }
  if (typeof config !== "object" || config === null) throw damaged("it is no object");
  if (config.version !== 1) throw damaged(`its version is ${JSON.stringify(config.version)}, 1 was expected`);
  for (const key of ["backbone", "encoder"] as const)
    if (typeof config[key] !== "string") throw damaged(`"${key}" is ${JSON.stringify(config[key])}, an id was expected`);
  for (const key of sizes)
    if (!Number.isSafeInteger(config[key]) || (config[key] as number) < 1)
      throw damaged(`"${key}" is ${JSON.stringify(config[key])}, a whole number above 0 was expected`);
  if (typeof config.tokenRate !== "number" || !(config.tokenRate > 0))
    throw damaged(`"tokenRate" is ${JSON.stringify(config.tokenRate)}, tokens per second were expected`);
  if (config.positions !== "seconds" && config.positions !== "index")
    throw damaged(`"positions" is ${JSON.stringify(config.positions)}, "seconds" or "index" was expected`);
  if (config.adapter !== "per-block" && config.adapter !== "shared")
    throw damaged(`"adapter" is ${JSON.stringify(config.adapter)}, "per-block" or "shared" was expected`);
  return config as BridgeConfig;
}
