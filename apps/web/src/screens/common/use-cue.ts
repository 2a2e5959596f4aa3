/** The cue that is worked on, as React sees it. */
import { currentCue } from "../../app/actions.js";
import { useDocument, useSession, useView } from "../../app/use-session.js";
import type { Cue } from "../../document/document.js";
import { findCue } from "../../document/new-document.js";

/** The cue of the selection, else the first. */
export function useCue(): Cue | undefined {
  const session = useSession();
  const selected = useView((view) => view.selection?.cue);
  return useDocument((document) => (selected === undefined ? undefined : findCue(document, selected)) ?? currentCue(session));
}
