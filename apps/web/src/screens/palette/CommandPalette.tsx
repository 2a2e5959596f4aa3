/** Everything that can be done now, found by a word and done by Enter; each with its key, so that one learns it. */
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import { shortcuts } from "../../app/shortcuts.js";
import { usePreferences } from "../../app/use-studio.js";
import { findWords } from "../../shortcuts/search.js";
import { ACTION_NAMES, ACTIONS, type ActionName, keysOf } from "../../shortcuts/table.js";
import { text } from "../../strings/text.js";
import { Sheet } from "../common/Sheet.js";
import { Keys } from "../settings/Keys.js";
import styles from "./CommandPalette.module.css";

/** Milliseconds until a closed dialog has given back the focus. */
const GONE = 100;

/** The palette; its key opens it. */
export function CommandPalette() {
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  /** What was chosen: done when the dialog is gone, and the focus is back where it came from. */
  const chosen = useRef<ActionName | undefined>(undefined);
  useEffect(() => shortcuts.handle("palette", () => setOpen(true)), []);
  useEffect(() => {
    const name = chosen.current;
    chosen.current = undefined;
    if (open || name === undefined) return;
    setTimeout(() => shortcuts.run(name), GONE);
  }, [open]);
  return (
    <Sheet title={text("palette.title")} first={field} {...{ open }} onOpenChange={setOpen}>
      <Commands
        field={field}
        onChoose={(name) => {
          chosen.current = name;
          setOpen(false);
        }}
      />
    </Sheet>
  );
}

function Commands({
  field,
  onChoose,
}: {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onChoose: (name: ActionName) => void;
}) {
  const [search, setSearch] = useState("");
  const [place, setPlace] = useState(0);
  const keys = usePreferences((preferences) => preferences.shortcuts);
  const id = useId();
  const possible = ACTION_NAMES.filter((name) => name !== "palette" && shortcuts.can(name));
  const found = findWords(possible, (name) => text(ACTIONS[name].label), search);
  const at = Math.min(place, found.length - 1);
  const optionId = (name: ActionName): string => `${id}-${name}`;
  const current = found[at];
  const go = (to: number): void => {
    setPlace(to);
    const name = found[to];
    if (name) document.getElementById(optionId(name))?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = found.length - 1;
    const to = { ArrowDown: at >= last ? 0 : at + 1, ArrowUp: at <= 0 ? last : at - 1, PageDown: last, PageUp: 0 }[event.key];
    if (event.key === "Enter" && current) onChoose(current);
    else if (to !== undefined) go(to);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={field}
        className={styles["search"]}
        type="text"
        role="combobox"
        aria-label={text("palette.search")}
        placeholder={text("palette.search")}
        aria-expanded="true"
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={current && optionId(current)}
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
          setPlace(0);
        }}
        onKeyDown={onKeyDown}
      />
      <p role="status" className={found.length > 0 ? "only-heard" : undefined}>
        {text(found.length > 0 ? "palette.found" : "palette.none", { count: found.length })}
      </p>
      <div id={id} role="listbox" aria-label={text("palette.title")} className={styles["found"]}>
        {found.map((name) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the field's, which names the option that they choose
          <div
            key={name}
            id={optionId(name)}
            role="option"
            tabIndex={-1}
            aria-selected={name === current}
            onClick={() => onChoose(name)}
          >
            {text(ACTIONS[name].label)} <span>{keysOf(name, keys).length > 0 && <Keys keys={keysOf(name, keys)} />}</span>
          </div>
        ))}
      </div>
    </>
  );
}
