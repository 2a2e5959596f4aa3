/** The page as a whole, and the first screen. */
import type { app as words } from "../en/app.js";

export const app: Record<keyof typeof words, string> = {
  "app.name": "Foley-Studio",
  "start.drop": "Ein Video hier ablegen oder auswählen",
  "start.choose": "Video auswählen …",
  "start.private": "Ihr Video bleibt auf diesem Gerät.",
};
