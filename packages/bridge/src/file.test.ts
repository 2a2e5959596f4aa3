/** Bridge files: what is written is read, what does not fit is refused. */
import { type Bridge, memoryParameters, type PlainTensor, parameterTensor, type StoredParameter } from "@foley-control/core";
import { parseSafetensors, writeSafetensors } from "@foley-control/weights";
import { describe, expect, test } from "vitest";
import { freshBridge } from "./bridge.js";
import { assertFits, BRIDGE_FORMAT, bridgeFromSource, loadBridge, saveBridge } from "./file.js";
import { smallParts } from "./testing/small-parts.js";

const { backbone, encoder, bridgeOf } = smallParts();
const bridge = freshBridge(bridgeOf(), 4);
const tensors = (from: Bridge): Record<string, PlainTensor> =>
  Object.fromEntries(from.parameters.map(({ name }) => [name, parameterTensor(name, from.weights.get(name) as StoredParameter)]));

describe("saving and loading", () => {
  test("gives the same configuration and bit-identical parameters", () => {
    const loaded = loadBridge(saveBridge(bridge));
    expect(loaded.config).toEqual(bridge.config);
    expect(loaded.parameters).toEqual(bridge.parameters);
    expect(tensors(loaded)).toEqual(tensors(bridge));
  });

  test("the file holds the parameters and nothing else, and the same bytes every time", () => {
    const bytes = saveBridge(bridge, { licence: "Apache-2.0" });
    expect(saveBridge(bridge, { licence: "Apache-2.0" })).toEqual(bytes);
    const file = parseSafetensors(bytes);
    expect([...file.names()].sort()).toEqual(bridge.parameters.map(({ name }) => name).sort());
    expect(file.metadata).toEqual({ format: BRIDGE_FORMAT, config: JSON.stringify(bridge.config), licence: "Apache-2.0" });
  });

  test("the format and the configuration are not to be overwritten", () => {
    expect(() => saveBridge(bridge, { config: "{}" })).toThrow(/"config"/);
    expect(() => saveBridge(bridge, { format: "x" })).toThrow(/"format"/);
  });

  test("a file without a format is read, for training writes such files", () => {
    const { config } = parseSafetensors(saveBridge(bridge)).metadata;
    expect(loadBridge(writeSafetensors(tensors(bridge), { config: config as string })).config).toEqual(bridge.config);
  });
});

describe("refuses", () => {
  const source = memoryParameters(tensors(bridge));
  const refused = (metadata: Record<string, string>, message: RegExp) =>
    expect(() => bridgeFromSource(source, metadata)).toThrow(
      expect.objectContaining({ code: "bad-weights", message: expect.stringMatching(message) }),
    );
  const changed = (change: Record<string, unknown>) => ({ config: JSON.stringify({ ...bridge.config, ...change }) });

  test("another format", () => refused({ ...changed({}), format: "foley-control/small-backbone@1" }, /small-backbone@1/));
  test("no configuration", () => refused({}, /no "config"/));
  test("a configuration that is no JSON", () => refused({ config: "{" }, /no JSON/));
  test("a configuration of a million brackets", () => refused({ config: "[".repeat(1e6) }, /nested 1000000 deep/));
  test("a configuration that is no object", () => refused({ config: "null" }, /is null; an object/));
  test.each([
    [{ version: 2 }, /"version" is 2; 1 was expected/],
    [{ backbone: 7 }, /"backbone" is 7/],
    [{ blocks: 1.5 }, /"blocks" is 1\.5/],
    [{ width: -1 }, /"width" is -1/],
    [{ headWidth: undefined }, /"headWidth" is undefined/],
    [{ tokenRate: "8" }, /"tokenRate" is "8"/],
    [{ positions: "frames" }, /"positions" is "frames"/],
    [{ adapter: undefined }, /"adapter"/],
    [{ blocks: 1e9 }, /"blocks" is 1000000000; a whole number from 1 to 1024/],
    [{ width: 2 ** 40 }, /"width" is 1099511627776/],
    [{ backbone: new Array(1e5).fill("x") }, /"backbone" is a list of 100000; a text/],
  ])("%j", (change, message) => refused(changed(change), message));
  test("a configuration that asks for parameters the file lacks", () => refused(changed({ blocks: 3 }), /blocks\.2/));
  test("a configuration of another width", () => refused(changed({ width: 32 }), /\[64\], \[32\]/));
  test("bytes that are no safetensors file", () =>
    expect(() => loadBridge(new Uint8Array(20))).toThrow(expect.objectContaining({ code: "bad-file" })));
});

describe("assertFits", () => {
  test("accepts the parts that the bridge was made for", () => assertFits(bridge, backbone, encoder));
  test("names a wrong backbone", () =>
    expect(() => assertFits(bridge, { ...backbone, id: "other@1" }, encoder)).toThrow(
      /backbone "foley-control\/small-backbone@1", but "other@1"/,
    ));
  test("names a wrong encoder", () =>
    expect(() => assertFits(bridge, backbone, { ...encoder, id: "other@2" })).toThrow(/video encoder .* but "other@2"/));
  test("names a token width that differs", () =>
    expect(() => assertFits(bridge, backbone, { ...encoder, tokenWidth: 11 })).toThrow(/token width 10, but 11/));
  test("names a number of blocks that differs", () => {
    const denoiser = { ...backbone.denoiser, blocks: 9 };
    expect(() => assertFits(bridge, { ...backbone, denoiser }, encoder)).toThrow(/number of blocks 2, but 9/);
  });
});
