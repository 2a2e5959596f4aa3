/** Every word, in German. */
import type { en } from "../en/index.js";
import { app } from "./app.js";
import { clip } from "./clip.js";
import { deliver } from "./deliver.js";
import { document } from "./document.js";
import { engine } from "./engine.js";
import { errors } from "./error.js";
import { inspector } from "./inspector.js";
import { machine } from "./machine.js";
import { models } from "./models.js";
import { storage } from "./storage.js";
import { studio } from "./studio.js";
import { takes } from "./takes.js";
import { timeline } from "./timeline.js";
import { warnings } from "./warning.js";

const words: Readonly<Record<keyof typeof en, string>> = {
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
};

/** German. */
export const german = { words, errors, warnings } as const;
