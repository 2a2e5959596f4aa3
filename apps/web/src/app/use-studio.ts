/** The page as React sees it: what is shown, and what a person chose for all projects. */
import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { AppState, Flow } from "./flow.js";
import { type Preferences, preferences } from "./preferences.js";

/** Holds what the page can do. */
export const StudioContext = createContext<Flow | undefined>(undefined);

/** What the page can do. */
export function useStudio(): Flow {
  const flow = useContext(StudioContext);
  if (flow === undefined) throw new Error("useStudio outside of the page");
  return flow;
}

/** A part of the page's state. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useStudio().state, select);
}

/** A part of what a person chose. */
export function usePreferences<T>(select: (chosen: Preferences) => T): T {
  return useStore(preferences, select);
}
