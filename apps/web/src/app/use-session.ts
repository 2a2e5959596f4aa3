/** The session and the document, as React sees them. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { StudioDocument } from "../document/document.js";
import type { Session, ViewState } from "./session.js";

/** Holds the session; there is one on the studio's screen. */
export const SessionContext = createContext<Session | undefined>(undefined);

/** The session of this screen. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("useSession outside of a studio screen");
  return session;
}

/** A part of the document; renders again when that part changes. */
export function useDocument<T>(select: (document: StudioDocument) => T): T {
  return useStore(useSession().project.store, (state) => select(state.document));
}

/** A part of what the panes share. */
export function useView<T>(select: (view: ViewState) => T): T {
  return useStore(useSession().view, select);
}
