/** The page: which screen is shown, what is dropped on it, and the one place where it speaks to who does not see it. */
import { useEffect } from "react";
import { UpdateBanner } from "../screens/privacy/UpdateBanner.js";
import { StartScreen } from "../screens/start/StartScreen.js";
import { StudioScreen } from "../screens/studio/StudioScreen.js";
import { text } from "../strings/text.js";
import { filesOf } from "./dropped.js";
import { SessionContext } from "./use-session.js";
import { useApp, usePreferences, useStudio } from "./use-studio.js";

/** The whole studio. */
export function App() {
  const flow = useStudio();
  const screen = useApp((state) => state.screen);
  const said = useApp((state) => state.said);
  // A new language is a new page: every word of it is read again.
  const language = usePreferences((chosen) => chosen.language);
  useEffect(() => {
    const stop = new AbortController();
    const options = { signal: stop.signal };
    window.addEventListener("dragover", (event) => event.preventDefault(), options);
    const dropped = (event: DragEvent): void => {
      event.preventDefault();
      if (event.dataTransfer) void filesOf(event.dataTransfer).then(flow.open);
    };
    window.addEventListener("drop", dropped, options);
    return () => stop.abort();
  }, [flow]);
  return (
    <div key={language}>
      <UpdateBanner />
      {screen.type === "studio" ? (
        <SessionContext value={screen.session}>
          <StudioScreen key={screen.session.project.id} />
        </SessionContext>
      ) : (
        <StartScreen screen={screen} />
      )}
      <div className="only-heard" role="status" aria-label={text("app.announcements")}>
        {said}
      </div>
    </div>
  );
}
