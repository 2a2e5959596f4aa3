/** A pipeline on Node: clips by path, the embedded small model unless parts are given, ONNX Runtime in a worker thread. */
import { assertKind, FoleyError, type Runtime } from "@foley-control/core";
import { type NodeBackend, type NodeMediaFile, type NodeMediaSource, openMedia } from "@foley-control/media/node";
import { loadMini } from "@foley-control/mini/node";
import { type NodeRuntimeOptions, nodeRuntime } from "@foley-control/runtime/node";
import { type Foley, joinParts } from "../foley.js";
import type { FoleyParts } from "../parts.js";
import { readWeights } from "./read-weights.js";
import { createNodeTake, type NodeTake } from "./take.js";
import { temporaryScratch } from "./temporary-scratch.js";

/** Options of {@link createFoley}. Give a backbone, with encoder and bridge for the picture to have a say, or none of the three. */
export interface NodeFoleyOptions extends Partial<FoleyParts> {
  /** Folder of a small model to use in place of the embedded one, as `foley train` writes it. */
  readonly model?: string | undefined;
  /** Options of the runtime, or a runtime (then the caller disposes it). Default: the CPU, or CUDA where it is installed. */
  readonly runtime?: NodeRuntimeOptions | Runtime | undefined;
  /** Which program decodes video. Default "auto". */
  readonly decoder?: NodeBackend | undefined;
}

/**
 * Makes a pipeline. Without options it is the embedded small model: nothing is downloaded.
 *
 * @throws FoleyError `invalid-argument` when some parts are given and some are not; `bad-weights`, `bad-file` for a model that
 * cannot be used; `missing-dependency` and `device-unavailable` when the runtime is first used.
 * @example
 * const foley = await createFoley();
 * const take = await foley.generate({ video: "clip.mp4", prompt: "a steel ball bouncing on wood", seed: 7 });
 * await take.saveVideo("clip.foley.mp4");
 */
export async function createFoley(options: NodeFoleyOptions = {}): Promise<Foley<NodeMediaSource, NodeTake>> {
  assertKind("options", options, "object", "Leave it out for the embedded model.");
  const parts = await partsOf(options);
  const { decoder } = options;
  const given = options.runtime !== undefined && "load" in options.runtime ? options.runtime : undefined;
  const runtime = given ?? nodeRuntime(options.runtime as NodeRuntimeOptions | undefined);
  return joinParts<NodeMediaSource, NodeMediaFile, NodeTake>(parts, {
    runtime,
    ownsRuntime: given === undefined,
    open: (source, reading) => openMedia(source, { ...reading, backend: decoder }),
    readWeights,
    scratch: temporaryScratch(),
    take: createNodeTake,
  });
}

async function partsOf({ backbone, encoder, beside, bridge, model }: NodeFoleyOptions): Promise<FoleyParts> {
  const given = Object.entries({ backbone, encoder, beside, bridge }).filter(([, part]) => part !== undefined);
  if (given.length === 0) return loadMini(model === undefined ? {} : { directory: model });
  if (backbone === undefined) {
    const alone = given.map(([name]) => `options.${name}`).join(" and ");
    throw new FoleyError("invalid-argument", `Only ${alone} was given; options.backbone is missing.`, {
      hint: "Give the backbone too, or none of the three to use the embedded model.",
    });
  }
  return { backbone, encoder, beside, bridge };
}
