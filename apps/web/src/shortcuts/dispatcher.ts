/**
 * From keys to actions. Keys without Ctrl act only while the timeline or the picture has focus, so that nobody sets something off by typing or
 * speaking (WCAG 2.1.4); fields keep all their keys, buttons theirs.
 */
import { keyOf, type PressedKey } from "./keys.js";
import { type ActionName, actionOf, EVERYWHERE } from "./table.js";

/** How an action is asked for. */
export interface Asked {
  readonly repeated: boolean;
  /** The letters that are held down. */
  readonly held: ReadonlySet<string>;
  /** By a key, which will be let go; else by name. */
  readonly byKey: boolean;
}

/** Does an action; `false` leaves the key to the browser. */
export type Handler = (how: Asked) => unknown;

/** What of an element is asked. */
export interface KeyTarget {
  readonly closest: (selector: string) => unknown;
}

/** Fields that are typed in. */
const FIELDS = 'input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select, [contenteditable="true"]';
/** What lies over everything else, and has its own keys. */
const DIALOG = '[role="dialog"]';
/** What Space and Enter press, and arrows move, by itself. */
const PRESSED = 'button, a[href], summary, input, [role="button"], [role="menuitem"]';
const PRESSING: ReadonlySet<string> = new Set(["Space", "Enter"]);

/** Knows who does which action, and hands keys to them. */
export interface Dispatcher {
  /** Says who does an action from now on; the latest one does it. Gives back what ends that. */
  handle(name: ActionName, handler: Handler): () => void;
  keyDown(
    event: PressedKey & Pick<KeyboardEvent, "repeat" | "defaultPrevented" | "preventDefault">,
    target: KeyTarget | null,
  ): void;
  keyUp(event: PressedKey): void;
  /** Whether somebody does it now. */
  can(name: ActionName): boolean;
  /** Does an action without its key. */
  run(name: ActionName): void;
}

/** Makes one; `chosen` gives the keys that a person chose. */
export function createDispatcher(chosen: () => Readonly<Record<string, readonly string[]>>): Dispatcher {
  const handlers = new Map<ActionName, readonly Handler[]>();
  const held = new Set<string>();
  return {
    handle(name, handler) {
      handlers.set(name, [...(handlers.get(name) ?? []), handler]);
      return () => {
        handlers.set(
          name,
          (handlers.get(name) ?? []).filter((one) => one !== handler),
        );
      };
    },
    keyDown(event, target) {
      const key = keyOf(event);
      if (key === undefined || event.defaultPrevented) return;
      if (!event.repeat) held.add(key);
      const name = actionOf(key, chosen());
      if (target?.closest(DIALOG) || (target?.closest(FIELDS) && !(name && EVERYWHERE.has(name)))) return;
      if (!key.startsWith("Mod+") && !target?.closest("[data-shortcuts]")) return;
      if (PRESSING.has(key) && target?.closest(PRESSED)) return;
      const handler = name && handlers.get(name)?.at(-1);
      if (handler?.({ repeated: event.repeat, held, byKey: true }) === false || handler === undefined) return;
      event.preventDefault();
    },
    keyUp(event) {
      const key = keyOf(event);
      // A modifier that was let go first changes what a key is called.
      if (key === undefined || key.includes("+")) held.clear();
      else held.delete(key);
    },
    can: (name) => (handlers.get(name)?.length ?? 0) > 0,
    run: (name) => void handlers.get(name)?.at(-1)?.({ repeated: false, held: new Set(), byKey: false }),
  };
}
