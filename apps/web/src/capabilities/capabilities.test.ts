import { expect, test } from "vitest";
import { findCapabilities, type Realm } from "./capabilities.js";

const full: Realm = {
  navigator: {
    gpu: { requestAdapter: async () => ({ info: { vendor: "acme", architecture: "x1" } }) },
    hardwareConcurrency: 8,
    storage: { getDirectory: async () => ({}), persisted: async () => true },
    serviceWorker: { controller: {} },
  },
  crossOriginIsolated: true,
  VideoDecoder: { isConfigSupported: async ({ codec }) => ({ supported: !codec.startsWith("hvc1") }) },
  AudioDecoder: { isConfigSupported: async () => ({ supported: true }) },
  AudioEncoder: { isConfigSupported: async () => ({ supported: true }) },
  showSaveFilePicker: () => undefined,
};
const there = async (realm: Realm): Promise<readonly string[]> =>
  (await findCapabilities(realm)).filter((one) => one.there).map(({ name }) => name);

test("a browser with everything has everything, and says which codecs", async () => {
  const found = await findCapabilities(full);
  expect(found.every((one) => one.there)).toBe(true);
  expect(found.find(({ name }) => name === "video-decoding")?.details).toBe("H.264, VP9, AV1");
  expect(found.find(({ name }) => name === "webgpu")?.details).toBe("acme x1");
});

test("a browser with nothing, or one whose answers fail, is told what is missing and nothing is thrown", async () => {
  expect(await there({ navigator: { hardwareConcurrency: 1 } })).toEqual([]);
  const refuses = async (): Promise<never> => {
    throw new DOMException("no");
  };
  const refusing: Realm = {
    navigator: {
      gpu: { requestAdapter: refuses },
      hardwareConcurrency: 2,
      storage: { getDirectory: refuses, persisted: refuses },
    },
    VideoDecoder: { isConfigSupported: refuses },
    AudioDecoder: { isConfigSupported: refuses },
    AudioEncoder: { isConfigSupported: refuses },
  };
  expect(await there(refusing)).toEqual([]);
});

test("a software adapter is no WebGPU: wasm is faster", async () => {
  const gpu = { requestAdapter: async () => ({ info: { vendor: "google", isFallbackAdapter: true } }) };
  const found = await findCapabilities({ ...full, navigator: { ...full.navigator, gpu } });
  expect(found.find(({ name }) => name === "webgpu")).toEqual({ name: "webgpu", there: false, details: "google software" });
});
