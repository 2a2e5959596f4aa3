/** Keeps what is chosen in sight in a pane that scrolls; a page that scrolls as a whole stays where the person has it. */
import { type RefObject, useEffect } from "react";

/** Whether an element lies in a pane that scrolls by itself. */
function liesInPane(element: HTMLElement): boolean {
  for (let one = element.parentElement; one !== null && one !== document.body; one = one.parentElement)
    if (one.scrollHeight > one.clientHeight && /auto|scroll/.test(getComputedStyle(one).overflowY)) return true;
  return false;
}

/** Brings the element into sight when it becomes the `chosen` one. */
export function useInSight(element: RefObject<HTMLElement | null>, chosen: boolean): void {
  useEffect(() => {
    if (chosen && element.current && liesInPane(element.current)) element.current.scrollIntoView({ block: "nearest" });
  }, [element, chosen]);
}
