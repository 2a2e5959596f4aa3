/** Safetensors in a page: blob and address, lazy and whole. */
import type { PlainTensor } from "@foley-control/core";
import { parseSafetensors, writeSafetensors } from "@foley-control/weights";
import { loadSafetensors, openSafetensors } from "@foley-control/weights/web";

const tensors: Readonly<Record<string, PlainTensor>> = {
  weight: { dtype: "float32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  half: { dtype: "float16", shape: [3], data: Uint16Array.of(0x3c00, 0, 0x8000) },
};

function same(found: PlainTensor, name: string): void {
  const expected = tensors[name] as PlainTensor;
  if (
    JSON.stringify([found.dtype, found.shape, [...(found.data as Float32Array)]]) !==
    JSON.stringify([expected.dtype, expected.shape, [...(expected.data as Float32Array)]])
  ) {
    throw new Error(`${name} is ${found.dtype} [${found.shape}] ${String(found.data)}`);
  }
}

/** The bytes that are written here are those that are read here, from memory, a blob and an address. */
export async function roundTrip(): Promise<number> {
  const bytes = writeSafetensors(tensors, { made: "here" });
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const lazy = await openSafetensors(blob);
  const address = URL.createObjectURL(blob);
  const whole = await loadSafetensors(address);
  URL.revokeObjectURL(address);
  for (const name of Object.keys(tensors)) {
    same(parseSafetensors(bytes).tensor(name), name);
    same(await lazy.read(name), name);
    same(whole.tensor(name), name);
  }
  if (whole.metadata["made"] !== "here") throw new Error("the metadata is lost");
  return bytes.length;
}
