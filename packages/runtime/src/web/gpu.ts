/** A WebGPU device of our own. */
/// <reference types="@webgpu/types" />
import { FoleyError } from "@foley-control/core";

/** Smallest subgroup with which fused attention is right. */
const smallestSubgroup = 16;

/** Features that ONNX Runtime makes use of. */
const wantedFeatures: readonly GPUFeatureName[] = ["shader-f16", "subgroups"];

/** Limits that decide which tensors fit; asked for at what the adapter offers. */
const wantedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxStorageBuffersPerShaderStage",
] as const;

/**
 * The adapter of this page.
 *
 * @param software - whether a software adapter is accepted; it is slower than wasm
 * @throws FoleyError `device-unavailable` that says what is missing
 */
export async function adapterOf(software: boolean): Promise<GPUAdapter> {
  const gpu = (globalThis.navigator as { readonly gpu?: GPU } | undefined)?.gpu;
  if (gpu === undefined) {
    throw new FoleyError("device-unavailable", 'The device "webgpu" is not available: this browser or page has no WebGPU.', {
      hint: "It needs a recent browser and a secure page (https or localhost).",
    });
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    throw new FoleyError("device-unavailable", 'The device "webgpu" is not available: the browser has no adapter for it.', {
      hint: "Check that hardware acceleration is on.",
    });
  }
  if (adapter.info.isFallbackAdapter && !software) {
    throw new FoleyError("device-unavailable", 'The device "webgpu" is a software adapter here, slower than wasm.', {
      hint: 'Ask for device: "webgpu" to use it all the same.',
    });
  }
  return adapter;
}

/**
 * Opens a device; an adapter gives one device only, so the adapter is asked for again.
 *
 * @param adapter - see {@link adapterOf}
 * @param subgroups - whether subgroups may be used; they never are when the smallest has fewer than 16 lanes
 */
export async function openDevice(adapter: GPUAdapter, subgroups: boolean): Promise<{ device: GPUDevice; subgroups: boolean }> {
  const fresh = (await navigator.gpu.requestAdapter({ powerPreference: "high-performance" })) ?? adapter;
  const { subgroupMinSize } = fresh.info;
  const useSubgroups =
    subgroups && fresh.features.has("subgroups") && subgroupMinSize !== undefined && subgroupMinSize >= smallestSubgroup;
  const device = await fresh.requestDevice({
    requiredFeatures: wantedFeatures.filter((name) => fresh.features.has(name) && (name !== "subgroups" || useSubgroups)),
    requiredLimits: Object.fromEntries(wantedLimits.map((name) => [name, fresh.limits[name]])),
  });
  return { device, subgroups: useSubgroups };
}
