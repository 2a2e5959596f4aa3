/** Names of models that mean nothing are answered with those that do. */
import { expect, it } from "vitest";
import { quietIo } from "../testing.js";
import { openFoleyParts } from "./parts.js";

it.each([
  ["mmaudio-small", /neither a folder nor the name of a released model/, /Did you mean mmaudio-small-16k/],
  [
    "stable-audio-3-small-sfx",
    /neither a folder/,
    /^Did you mean stabilityai\/stable-audio-3-small-sfx, or stabilityai\/stable-audio-3-small-sfx-base\?$/,
  ],
  ["no/such/model", /"no\/such\/model" is neither a folder/, /^Give the folder of a model, or one of mmaudio-small-16k, /],
])("%s", async (model, message, hint) => {
  await expect(openFoleyParts({ model }, quietIo())).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});
