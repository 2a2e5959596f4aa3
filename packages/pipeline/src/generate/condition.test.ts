/** "No text" for text encoders that mark the end of an empty text, as T5 does. */
import { smallBackbone, smallBackboneConfig } from "@foley-control/audio-backbone";
import { elementCount, memoryParameters, normalArray } from "@foley-control/core";
import { parametersOf } from "@foley-control/graph";
import { nodeRuntime } from "@foley-control/runtime/node";
import { expect, test } from "vitest";
import { encodeText } from "./condition.js";
import { createExecutables } from "./executables.js";

test("an empty text is a context of zeros even where the encoder closes it with a token", async () => {
  const config = smallBackboneConfig(["dog"]);
  const bare = smallBackbone(memoryParameters({}), config);
  const shapes = [bare.text.graph(), bare.conditionGraph()].flatMap((graph) => [...parametersOf(graph)]);
  const weights = memoryParameters(
    Object.fromEntries(
      shapes.map(
        ([name, { shape }]) => [name, { dtype: "float32", shape, data: normalArray(1, [name], elementCount(shape)) }] as const,
      ),
    ),
  );
  const small = smallBackbone(weights, config);
  // What "" is to T5: one token, the end of the text.
  const tokenise = (text: string) => small.text.tokenise(text.trim() === "" ? "dog" : text);
  const backbone = { ...small, text: { ...small.text, tokenise } };
  const runtime = nodeRuntime({ device: "cpu", threads: 1, worker: false });
  const executables = createExecutables(runtime);
  const context = async (text: string) => (await encodeText(executables, backbone, text, 4, undefined)).context.data;
  expect((await context("dog")).some((value) => value !== 0)).toBe(true);
  for (const text of ["", " \n"]) expect((await context(text)).every((value) => value === 0)).toBe(true);
  await executables.dispose();
  await runtime.dispose();
});
