/** The side a program talks to: the `Runtime` contract over a channel to an engine. */
import {
  assertHas,
  bytesOf,
  type CapabilitiesOptions,
  type DeviceTensor,
  type Executable,
  FoleyError,
  type Graph,
  type ParameterSource,
  type PlainTensor,
  type Runtime,
  type RuntimeCapabilities,
  typedArrayOf,
} from "@foley-control/core";
import { convert, type Precision, toOnnx } from "@foley-control/graph";
import { DeviceHandle, handleOf } from "./device-handle.js";
import { checkInputs } from "./inputs.js";
import { type BoundParameters, bindParameters, type InPlace } from "./parameters.js";
import type { Channel, DeviceReport, EngineReport, EngineSettings, WireHandle, WireTensor } from "./protocol.js";
import { Queue } from "./queue.js";

/** A runtime that `await using` disposes. */
export interface DisposableRuntime extends Runtime, AsyncDisposable {
  /** As the contract's, giving an executable that `await using` disposes. */
  load(...parameters: Parameters<Runtime["load"]>): Promise<DisposableExecutable>;
}

/** An executable that `await using` disposes. */
export interface DisposableExecutable extends Executable, AsyncDisposable {}

/** What a host decides about graphs before an engine sees them. */
export interface HostOptions {
  /** What networks with weights are computed in. Default `"float32"`. */
  readonly precision?: Precision;
  /** Where weights in files are, for engines that read files themselves. */
  readonly inPlace?: InPlace;
}

/** An engine that computes, and the way to it. */
export interface StartedEngine {
  readonly channel: Channel;
  readonly report: EngineReport;
}

/** Starts an engine with settings. */
export type StartEngine = (settings: EngineSettings) => Promise<StartedEngine>;

/** Opens a channel and starts the engine behind it; what was opened is closed when that fails. */
export function startOnce(open: () => Promise<Channel>): StartEngine {
  return async (settings) => {
    const channel = await open();
    try {
      return { channel, report: await channel.request("start", settings) };
    } catch (error) {
      await channel.close().catch(() => undefined);
      throw error;
    }
  };
}

/**
 * Makes a runtime over an engine.
 *
 * @param startEngine - starts it, as {@link startOnce} does; called once, at first use
 * @param settings - what the engine is started with; made at first use
 * @param options - precision, place of weights
 */
export function hostRuntime(
  startEngine: StartEngine,
  settings: () => EngineSettings,
  { precision = "float32", inPlace }: HostOptions = {},
): DisposableRuntime {
  const queue = new Queue();
  let starting: Promise<StartedEngine> | undefined;
  let devices: Promise<readonly DeviceReport[]> | undefined;
  let disposing: Promise<void> | undefined;

  const start = () =>
    (starting ??= (async () => {
      if (disposing) throw new FoleyError("disposed", "The runtime was disposed.");
      return startEngine(settings());
    })());

  const runtime: DisposableRuntime = {
    specificationVersion: "v1",
    kind: "runtime",
    load: async (original, originalWeights, options = {}) => {
      assertHas("graph", original, "outputs", "a graph", "Pass the graph first, then the weights.");
      if (originalWeights !== undefined)
        assertHas(
          "weights",
          originalWeights,
          "names",
          "a source of weights",
          "Pass the weights of the part, memoryParameters({}) for none.",
        );
      options.signal?.throwIfAborted();
      const { channel, report } = await start();
      assertComputes(precision, report);
      // Without weights the parameters are inputs of every run, as in training, and stay what the caller feeds.
      const { graph, parameters } = convert(original, {
        precision: originalWeights ? precision : "float32",
        keepFloat32: options.keepFloat32,
      });
      const weights = originalWeights && parameters(originalWeights);
      // The CPU has the kernel; it would otherwise fold a transposed copy of every weight.
      const fuseTransposed = report.device === "cpu";
      // wasm has no files: it is given bytes.
      const place = report.device === "wasm" ? undefined : inPlace;
      return loadGraph(channel, queue, graph, weights, { inPlace: place, fuseTransposed, signal: options.signal });
    },
    async capabilities(options: CapabilitiesOptions = {}): Promise<RuntimeCapabilities> {
      const { channel, report } = await start();
      if (disposing) throw new FoleyError("disposed", "The runtime was disposed.");
      if (options.devices !== true) return { ...report, precision };
      devices ??= queue.run(() => channel.request("devices", null));
      return { ...report, precision, devices: await devices };
    },
    dispose: () =>
      (disposing ??= (async () => {
        queue.close(new FoleyError("disposed", "The runtime was disposed."));
        const started = await starting?.catch(() => undefined);
        await started?.channel.close();
      })()),
    [Symbol.asyncDispose]: () => runtime.dispose(),
  };
  return runtime;
}

/** A CPU takes float16 by casting it; a GPU without it fails, but only when it runs. */
function assertComputes(precision: Precision, { device, float16 }: EngineReport): void {
  if (precision !== "float16" || float16 || device === "cpu" || device === "wasm") return;
  throw new FoleyError("device-unavailable", `The device "${device}" does not compute in float16 here.`, {
    hint: 'Use precision "float32" or "int8", or the device "cpu" or "wasm".',
  });
}

async function loadGraph(
  channel: Channel,
  queue: Queue,
  graph: Graph,
  weights: ParameterSource | undefined,
  options: { readonly inPlace: InPlace | undefined; readonly fuseTransposed: boolean; readonly signal: AbortSignal | undefined },
): Promise<DisposableExecutable> {
  const bound = bindParameters(graph, weights, channel.separate, options.inPlace);
  const model = toOnnx(graph, { external: bound.external, fuseTransposed: options.fuseTransposed });
  const request = { name: graph.name, model, parameters: bound.parameters };
  const transfer = channel.separate ? [model.buffer, ...bound.transfer] : [];
  const session = await queue.run(() => channel.request("load", request, transfer), options.signal);
  const { weightBytes, inputs } = bound;
  return executableOf(channel, queue, { session, name: graph.name, weightBytes, inputs });
}

/** A loaded graph, ready to run. It is made of what a run needs: the graph with its constants, and the weights, are the session's by now. */
function executableOf(
  channel: Channel,
  queue: Queue,
  loaded: Pick<BoundParameters, "weightBytes" | "inputs"> & { readonly session: number; readonly name: string },
): DisposableExecutable {
  const { session, name: graphName, weightBytes } = loaded;
  let disposing: Promise<void> | undefined;

  const run = async (
    inputs: Readonly<Record<string, PlainTensor | DeviceTensor>>,
    keep: boolean,
    runSignal: AbortSignal | undefined,
  ) => {
    runSignal?.throwIfAborted();
    if (disposing) throw new FoleyError("disposed", `The executable of "${graphName}" was disposed.`);
    checkInputs(graphName, loaded.inputs, inputs);
    const wire: Record<string, WireTensor | number> = {};
    const buffers: ArrayBuffer[] = [];
    for (const [name, tensor] of Object.entries(inputs)) {
      if ("location" in tensor) wire[name] = handleOf(tensor, channel, name);
      else if (!channel.separate) wire[name] = tensor;
      else {
        // The caller keeps its own; a view on a large buffer must not drag it along.
        const { dtype, shape, data } = tensor;
        const copy = new Uint8Array(channel.memory(data.byteLength));
        copy.set(bytesOf(data));
        wire[name] = { dtype, shape, data: typedArrayOf(dtype, copy) };
        buffers.push(copy.buffer);
      }
    }
    return queue.run(() => channel.request("run", { session, inputs: wire, keep }, buffers), runSignal);
  };

  const executable: DisposableExecutable = {
    weightBytes,
    async run(inputs, options = {}) {
      return (await run(inputs, false, options.signal)) as Record<string, PlainTensor>;
    },
    async runOnDevice(inputs, options = {}) {
      const outputs = await run(inputs, true, options.signal);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, handle]) => [name, new DeviceHandle(channel, queue, handle as WireHandle)]),
      );
    },
    dispose: () =>
      (disposing ??= queue
        .run(() => channel.request("unload", session))
        .then(
          () => undefined,
          (error: unknown) => {
            if (!FoleyError.isInstance(error) || error.code !== "disposed") throw error; // the runtime went first and took it along
          },
        )),
    [Symbol.asyncDispose]: () => executable.dispose(),
  };
  return executable;
}
