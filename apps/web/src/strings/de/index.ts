/** Every word, in German. */
import type { Catalogue } from "../text.js";
import { app } from "./app.js";

/** German. */
export const de: Catalogue = { ...app };
