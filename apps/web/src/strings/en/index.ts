/** Every word that a person sees, in English, a file for each part of the page. Other languages have the same keys; a missing one does not compile. */
import { app } from "./app.js";
import { clip } from "./clip.js";
import { deliver } from "./deliver.js";
import { document } from "./document.js";
import { engine } from "./engine.js";
import { inspector } from "./inspector.js";
import { machine } from "./machine.js";
import { models } from "./models.js";
import { storage } from "./storage.js";
import { studio } from "./studio.js";
import { takes } from "./takes.js";
import { timeline } from "./timeline.js";

/** English. */
export const en = {
  ...app,
  ...clip,
  ...deliver,
  ...document,
  ...engine,
  ...inspector,
  ...machine,
  ...models,
  ...storage,
  ...studio,
  ...takes,
  ...timeline,
} as const;
