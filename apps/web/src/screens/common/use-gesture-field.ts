/** A text field whose typing, from focus to blur, is one entry of the undo list. */
import { type ChangeEvent, type KeyboardEvent, useRef } from "react";
import { useSession } from "../../app/use-session.js";
import type { Change, Gesture } from "../../document/store.js";

/** What an `input` or `textarea` gets: the value as it is in the document, and what happens when it is typed in. Escape puts back what was there. */
export function useGestureField(value: string, make: (value: string) => Change) {
  const { store } = useSession().project;
  const gesture = useRef<Gesture | undefined>(undefined);
  return {
    value,
    onChange(event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>): void {
      gesture.current ??= store.begin();
      gesture.current.preview(make(event.target.value));
    },
    onBlur(): void {
      gesture.current?.commit();
      gesture.current = undefined;
    },
    onKeyDown(event: KeyboardEvent): void {
      if (event.key !== "Escape" || gesture.current === undefined) return;
      event.stopPropagation();
      gesture.current.cancel();
      gesture.current = undefined;
    },
  };
}
