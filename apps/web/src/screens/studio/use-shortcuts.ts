/** Joins the keyboard to the open project while its screen is shown. */
import { useEffect } from "react";
import { actionsOf } from "../../app/actions.js";
import { shortcuts } from "../../app/shortcuts.js";
import { useSession } from "../../app/use-session.js";
import type { KeyTarget } from "../../shortcuts/dispatcher.js";
import type { ActionName } from "../../shortcuts/table.js";

/** Listens to keys. */
export function useShortcuts(): void {
  const session = useSession();
  useEffect(() => {
    const stop = new AbortController();
    const down = (event: KeyboardEvent): void => shortcuts.keyDown(event, event.target as unknown as KeyTarget | null);
    window.addEventListener("keydown", down, { signal: stop.signal });
    window.addEventListener("keyup", shortcuts.keyUp, { signal: stop.signal });
    const ends = Object.entries(actionsOf(session)).map(([name, handler]) => shortcuts.handle(name as ActionName, handler));
    return () => {
      stop.abort();
      for (const end of ends) end();
    };
  }, [session]);
}
