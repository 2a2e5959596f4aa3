/** Every word, in German. */
import type { en } from "../en/index.js";
import { app } from "./app.js";
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

/** German. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  ...app,
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
};
