/** Every word that a person sees, in English, a file for each part of the page. Other languages have the same keys; a missing one does not compile. */
import { app } from "./app.js";

/** English. */
export const en = { ...app } as const;
