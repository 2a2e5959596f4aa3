/** Every word that a person sees, in English, a file for each part of the page. Other languages have the same keys; a missing one does not compile. */
import { app } from "./app.js";
import { document } from "./document.js";
import { engine } from "./engine.js";
import { machine } from "./machine.js";
import { storage } from "./storage.js";
import { studio } from "./studio.js";
import { timeline } from "./timeline.js";

/** English. */
export const en = { ...app, ...document, ...engine, ...machine, ...storage, ...studio, ...timeline } as const;
