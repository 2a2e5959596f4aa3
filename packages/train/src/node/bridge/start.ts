/** A bridge to start from. */
import { assertFits, type BridgeConfig, bridgeFromSource, type TokenMaker } from "@foley-control/bridge";
import { type AudioBackbone, FoleyError, float16ToFloat32, type PlainTensor } from "@foley-control/core";
import { sha256 } from "@foley-control/files/node";
import { openSafetensors } from "@foley-control/weights/node";

/** Values of all parameters, in float32, and what they are. */
export interface BridgeStart {
  readonly tensors: Readonly<Record<string, PlainTensor<"float32">>>;
  readonly digest: string;
}

/**
 * Reads a bridge file of the same parts and of the same make.
 *
 * @throws FoleyError `bad-file`, `bad-weights` for no bridge, one of other parts, or one of another make
 */
export async function readStart(
  path: string,
  config: BridgeConfig,
  backbone: AudioBackbone,
  encoders: readonly [TokenMaker, ...TokenMaker[]],
): Promise<BridgeStart> {
  const file = await openSafetensors(path);
  const bridge = bridgeFromSource(file, file.metadata);
  assertFits(bridge, backbone, encoders);
  const differing = (Object.keys(config) as (keyof BridgeConfig)[]).find(
    (key) => JSON.stringify(bridge.config[key]) !== JSON.stringify(config[key]),
  );
  if (differing !== undefined) {
    throw new FoleyError(
      "bad-weights",
      `${path} has ${differing} ${JSON.stringify(bridge.config[differing])}; the plan says ${JSON.stringify(config[differing])}.`,
      { hint: "Make the plan as that bridge is, or begin with a fresh one." },
    );
  }
  const parts: (string | Uint8Array)[] = [];
  const tensors: Record<string, PlainTensor<"float32">> = {};
  for (const { name } of bridge.parameters) {
    const data = widened(path, name, await file.read(name));
    parts.push(name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    tensors[name] = { dtype: "float32", shape: file.get(name)?.shape ?? [], data };
  }
  return { tensors, digest: sha256(...parts) };
}

function widened(path: string, name: string, { dtype, data }: PlainTensor): Float32Array {
  if (dtype === "float32") return data as Float32Array;
  if (dtype === "float16") return float16ToFloat32(data as Uint16Array);
  throw new FoleyError("bad-weights", `${path}: "${name}" is ${dtype}; float32 or float16 was expected.`);
}
