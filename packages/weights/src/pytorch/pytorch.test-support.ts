/** Checkpoints made byte by byte, for the tests of what reads them. */
import { FoleyError } from "@foley-control/core";
import { dict, int, pickle, storage, tensor, zipCheckpoint } from "../../fixtures/torch-file.js";
import { memoryReader, openPytorchReader } from "../index.js";

/** Opens the bytes of a file. */
export const open = (bytes: Uint8Array, inert: readonly string[] = []) =>
  openPytorchReader(memoryReader(bytes, "file.pt"), { inert });

/** What was thrown. */
export async function failure(action: Promise<unknown>): Promise<FoleyError> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (FoleyError.isInstance(error)) return error;
  throw new Error(`expected a FoleyError, got ${String(error)}`);
}

/** Bytes of a storage. */
export const floats = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
/** A pickle whose value has one weight of four elements, in storage 0. */
export const weight = (code = tensor(storage("0", 4), 0, [4], [1])) => pickle(dict({ weight: code }));

/** Its storage. */
export const four = { 0: floats(1, 2, 3, 4) };

/** As a trainer writes it: two encoders and the state of an optimiser. */
export function trainer(): Uint8Array {
  const state = (key: string) =>
    dict({
      "module.backbone.norm.weight": tensor(storage(key, 4), 0, [4], [1]),
      "module.backbone.proj.weight": tensor(storage(key, 4), 0, [2, 2], [1, 2]),
      version: int(3),
    });
  const contents = dict({
    encoder: state("0"),
    opt: dict({ moment: tensor(storage("1", 1000), 0, [1000], [1]) }),
    target_encoder: state("2"),
  });
  return zipCheckpoint(pickle(contents), { 0: floats(1, 2, 3, 4), 1: new Uint8Array(4000), 2: floats(5, 6, 7, 8) });
}
