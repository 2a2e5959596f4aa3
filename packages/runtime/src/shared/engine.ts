/** The side that holds ONNX Runtime: picks a device, tests it, keeps sessions and the tensors that stay. */
import {
  bfloat16ToFloat32,
  bytesOf,
  FoleyError,
  float16ToFloat32,
  float32ToFloat16,
  quantisedBytes,
  typedArrayOf,
} from "@foley-control/core";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { fromOrt, toOrt } from "./ort-tensor.js";
import { isOutOfMemory, tooLarge } from "./out-of-memory.js";
import type { Platform, Prepared } from "./platform.js";
import type {
  Canary,
  Device,
  EngineReport,
  EngineSettings,
  RequestName,
  Requests,
  WireHandle,
  WireParameter,
  WireTensor,
} from "./protocol.js";

type SelfTest = Omit<EngineReport["selfTest"], "fellBackFrom">;

/** Answers the requests of a host. Requests must come one at a time. */
export class Engine {
  readonly #platform: Platform;
  #settings: EngineSettings | undefined;
  #prepared: Prepared | undefined;
  #device: Device = "cpu";
  readonly #sessions = new Map<number, { readonly name: string; readonly session: InferenceSession }>();
  readonly #tensors = new Map<number, Tensor>();
  #next = 1;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  async handle<N extends RequestName>(name: N, ask: Requests[N]["ask"]): Promise<Requests[N]["answer"]> {
    const table: { readonly [K in RequestName]: (ask: Requests[K]["ask"]) => Promise<Requests[K]["answer"]> } = {
      start: (settings) => this.#start(settings),
      devices: () => this.#platform.devices(this.#started().settings),
      load: (request) => this.#load(request),
      run: (request) => this.#run(request),
      read: (handle) => this.#read(this.#tensor(handle)),
      free: async (handle) => this.#free(handle),
      unload: (id) => this.#unload(id),
      stop: () => this.#stop(),
    };
    return table[name](ask);
  }

  /** Tries devices in order; the first that is there and computes right is taken. */
  async #start(settings: EngineSettings): Promise<EngineReport> {
    const order = this.#platform.order(settings.device);
    let fellBackFrom: Device | undefined;
    let reason: string | undefined;
    let cause: SelfTest["cause"];
    for (const [index, device] of order.entries()) {
      const last = index === order.length - 1;
      let prepared: Prepared;
      try {
        prepared = await this.#platform.prepare(device, settings);
      } catch (error) {
        // A device asked for by name must be there; one that "auto" tries may be missing.
        if (last || settings.device !== "auto") throw error;
        fellBackFrom ??= device;
        reason ??= (error as Error).message;
        cause ??= "missing";
        continue;
      }
      let test = await this.#selfTest(prepared, settings.canary);
      if (!test.passed && prepared.simpler) {
        cause ??= test.cause;
        reason ??= `The self-test on ${device} failed until features were left out: ${test.reason}.`;
        const simpler = await prepared.simpler();
        prepared.release?.();
        prepared = simpler;
        test = await this.#selfTest(prepared, settings.canary);
      }
      if (!test.passed && !last) {
        prepared.release?.();
        fellBackFrom ??= device;
        cause ??= test.cause;
        reason ??= `The self-test on ${device} failed: ${test.reason}.`;
        continue;
      }
      reason ??= test.reason;
      cause ??= test.cause;
      this.#settings = settings;
      this.#prepared = prepared;
      this.#device = device;
      const float16 = device !== "cpu" && device !== "wasm" && (await this.#selfTest(prepared, settings.float16Canary)).passed;
      const { passed, maxError } = test;
      const build = this.#platform.build?.();
      return {
        runtime: this.#platform.runtime(device),
        ...(build !== undefined && { build }),
        version: this.#platform.version(prepared.ort),
        device,
        threads: prepared.threads,
        float16,
        selfTest: { passed, maxError, ...(fellBackFrom && { fellBackFrom }), ...(reason && { reason }), ...(cause && { cause }) },
      };
    }
    throw new FoleyError("device-unavailable", `No device was found for "${settings.device}".`);
  }

  async #selfTest(prepared: Prepared, canary: Canary): Promise<SelfTest> {
    try {
      const session = await prepared.ort.InferenceSession.create(canary.model, prepared.session);
      try {
        const inputs = Object.entries(canary.inputs).map(([name, tensor]) => [name, toOrt(prepared.ort, tensor)] as const);
        const outputs = await session.run(Object.fromEntries(inputs));
        let maxError = 0;
        let worst = "";
        for (const [name, expected] of Object.entries(canary.expected)) {
          const tensor = outputs[name];
          const data = (await tensor?.getData(true)) as Float32Array | undefined;
          for (let i = 0; i < expected.length; i++) {
            const difference = Math.abs((data?.[i] ?? Number.NaN) - (expected[i] as number));
            if (!(difference <= maxError)) {
              maxError = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
              worst = name;
            }
          }
        }
        if (maxError <= canary.tolerance) return { passed: true, maxError };
        const reason = `"${worst}" is off by ${maxError.toPrecision(2)}, at most ${canary.tolerance} is right`;
        return { passed: false, maxError, reason, cause: "wrong" };
      } finally {
        await session.release();
      }
    } catch (error) {
      return { passed: false, maxError: Number.POSITIVE_INFINITY, reason: (error as Error).message, cause: "stopped" };
    }
  }

  async #load({ name, model, parameters }: Requests["load"]["ask"]): Promise<number> {
    const { prepared } = this.#started();
    // One after the other: of weights that are converted, the original is gone before the next is read.
    const externalData: { path: string; data: Uint8Array }[] = [];
    try {
      for (const parameter of parameters) externalData.push({ path: parameter.location, data: await this.#bytesOf(parameter) });
      const session = await prepared.ort.InferenceSession.create(model, {
        ...(externalData.length > 0 ? { ...prepared.session, externalData } : (prepared.mapped ?? prepared.session)),
      });
      const id = this.#next++;
      this.#sessions.set(id, { name, session });
      return id;
    } catch (cause) {
      if (FoleyError.isInstance(cause)) throw cause;
      if (isOutOfMemory(cause)) throw tooLarge(`The graph "${name}" does not fit into the memory of ${this.#device}`, cause);
      const what = `The graph "${name}" cannot be loaded on ${this.#device}: ${(cause as Error).message}`;
      throw new FoleyError("unsupported", what, { cause });
    }
  }

  async #bytesOf({ bytes, conversion }: WireParameter): Promise<Uint8Array> {
    let stored: Uint8Array;
    if (bytes instanceof Uint8Array) stored = bytes;
    else if ("blob" in bytes) stored = await readBlob(bytes);
    else if (this.#platform.readFile) stored = await this.#platform.readFile(bytes.path, bytes.offset, bytes.length);
    else
      throw new FoleyError("unsupported", `The weights lie in the file ${bytes.path}, which a page cannot read.`, {
        hint: "Load them into memory first.",
      });
    if (conversion === "none") return stored;
    if (typeof conversion === "object") return quantisedBytes(conversion.quantise, conversion, stored);
    return bytesOf(
      conversion === "float16-to-float32"
        ? float16ToFloat32(typedArrayOf("float16", stored))
        : float32ToFloat16(typedArrayOf("float32", stored)),
    );
  }

  async #run({ session: id, inputs, keep }: Requests["run"]["ask"]): Promise<Record<string, WireTensor | WireHandle>> {
    const { prepared } = this.#started();
    const loaded = this.#sessions.get(id);
    if (loaded === undefined) throw new FoleyError("disposed", "The executable was disposed.");
    const feeds: Record<string, Tensor> = {};
    for (const [name, given] of Object.entries(inputs))
      feeds[name] = typeof given === "number" ? this.#tensor(given) : toOrt(prepared.ort, given);
    let outputs: InferenceSession.OnnxValueMapType;
    try {
      outputs = await loaded.session.run(feeds);
    } catch (cause) {
      if (isOutOfMemory(cause))
        throw tooLarge(`The memory of ${this.#device} does not suffice to run the graph "${loaded.name}"`, cause);
      const what = `The graph "${loaded.name}" failed on ${this.#device}: ${(cause as Error).message}`;
      throw new FoleyError("unsupported", what, { cause });
    }
    const answer: Record<string, WireTensor | WireHandle> = {};
    for (const [name, value] of Object.entries(outputs)) {
      const tensor = value as Tensor;
      if (!keep) answer[name] = prepared.onGpu ? fromOrt(tensor, await tensor.getData(true)) : fromOrt(tensor);
      else {
        const handle = this.#next++;
        this.#tensors.set(handle, tensor);
        answer[name] = { handle, dtype: tensor.type as WireHandle["dtype"], shape: [...tensor.dims] };
      }
    }
    return answer;
  }

  /** A copy; what is kept stays as it is. */
  async #read(tensor: Tensor): Promise<WireTensor> {
    if (this.#started().prepared.onGpu && tensor.location !== "cpu") return fromOrt(tensor, await tensor.getData());
    const kept = fromOrt(tensor);
    return { ...kept, data: (kept.data as Uint8Array).slice() };
  }

  #tensor(handle: number): Tensor {
    const tensor = this.#tensors.get(handle);
    if (tensor === undefined) throw new FoleyError("disposed", "The device tensor was disposed.");
    return tensor;
  }

  #free(handle: number): null {
    this.#tensors.get(handle)?.dispose();
    this.#tensors.delete(handle);
    return null;
  }

  async #unload(id: number): Promise<null> {
    const loaded = this.#sessions.get(id);
    this.#sessions.delete(id);
    await loaded?.session.release();
    return null;
  }

  async #stop(): Promise<null> {
    for (const handle of [...this.#tensors.keys()]) this.#free(handle);
    for (const id of [...this.#sessions.keys()]) await this.#unload(id);
    this.#prepared?.release?.();
    this.#prepared = undefined;
    return null;
  }

  #started(): { prepared: Prepared; settings: EngineSettings } {
    if (this.#prepared === undefined || this.#settings === undefined)
      throw new FoleyError("disposed", "The runtime was disposed.");
    return { prepared: this.#prepared, settings: this.#settings };
  }
}

/** A stretch of a file that a page was given. */
async function readBlob({ blob, bfloat16 }: { readonly blob: Blob; readonly bfloat16: boolean }): Promise<Uint8Array> {
  const bytes = new Uint8Array(
    await blob.arrayBuffer().catch((cause: unknown) => {
      throw new FoleyError("bad-file", `A file with weights cannot be read any more: ${(cause as Error).message}`, {
        hint: "It was moved, changed or put out of reach since it was chosen: choose it again.",
        cause,
      });
    }),
  );
  return bfloat16 ? bytesOf(bfloat16ToFloat32(new Uint16Array(bytes.buffer))) : bytes;
}

/** A channel to an engine in this thread. */
export function directChannel(engine: Engine) {
  return {
    separate: false,
    memory: (bytes: number) => new ArrayBuffer(bytes),
    request: <N extends RequestName>(name: N, ask: Requests[N]["ask"]): Promise<Requests[N]["answer"]> =>
      engine.handle(name, ask),
    close: async (): Promise<void> => {
      await engine.handle("stop", null);
    },
  };
}
