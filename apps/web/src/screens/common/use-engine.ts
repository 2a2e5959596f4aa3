/** The engine's state, as React sees it. */
import { useSyncExternalStore } from "react";
import { useStudio } from "../../app/use-studio.js";
import type { EngineState } from "../../engine/engine.js";

/** Where the engine is. */
export function useEngineState(): EngineState {
  const { engine } = useStudio();
  return useSyncExternalStore(
    (changed) => engine.subscribe(changed),
    () => engine.state,
  );
}
