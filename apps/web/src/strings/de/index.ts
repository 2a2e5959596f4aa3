/** Every word, in German. */
import type { Catalogue } from "../text.js";
import { app } from "./app.js";
import { document } from "./document.js";

/** German. */
export const de: Catalogue = { ...app, ...document };
