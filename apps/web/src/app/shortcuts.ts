/** The page's keys. What is on the screen says here what it does: `useEffect(() => shortcuts.handle("zoomIn", zoom), [zoom])`. */
import { createDispatcher } from "../shortcuts/dispatcher.js";
import { preferences } from "./preferences.js";

/** Hands keys to who does something for them. */
export const shortcuts = createDispatcher(() => preferences.getState().shortcuts);
