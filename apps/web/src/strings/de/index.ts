/** Every word, in German. */
import type { en } from "../en/index.js";
import { app } from "./app.js";
import { document } from "./document.js";
import { engine } from "./engine.js";
import { machine } from "./machine.js";
import { storage } from "./storage.js";
import { studio } from "./studio.js";
import { timeline } from "./timeline.js";

/** German. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  ...app,
  ...document,
  ...engine,
  ...machine,
  ...storage,
  ...studio,
  ...timeline,
};
