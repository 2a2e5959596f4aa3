/** A real adapter with a real fault: own file, because the Vulkan driver is chosen once per process. */
import { existsSync } from "node:fs";
import { FoleyError } from "@foley-control/core";
import { expect, test } from "vitest";
import { nodeRuntime } from "./node.js";

const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";
/** Chromium brings the driver, but not the loader that finds it for others; on Debian that is the package libvulkan1. */
const loaders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
const usable = existsSync(swiftShader) && loaders.some((folder) => existsSync(`${folder}/libvulkan.so.1`));

test.skipIf(!usable)(
  "the self-test catches the attention kernel that is wrong on SwiftShader",
  async ({ skip }) => {
    process.env["VK_ICD_FILENAMES"] = swiftShader;
    await using runtime = nodeRuntime({ device: "webgpu" });
    const { device, selfTest } = await runtime.capabilities().catch((error: unknown) => {
      // Chromium brings the driver, not the system's loader of drivers.
      if (FoleyError.isInstance(error) && error.code === "device-unavailable") return skip(error.message);
      throw error;
    });
    expect(device).toBe("cpu");
    expect(selfTest).toMatchObject({
      passed: true,
      fellBackFrom: "webgpu",
      reason: expect.stringContaining('"attention" is off by'),
    });
  },
  180_000,
);
