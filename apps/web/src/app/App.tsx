/** The page: which screen is shown, and the one place where it speaks to who does not see it. */
import { useStore } from "zustand";
import { UpdateBanner } from "../screens/privacy/UpdateBanner.js";
import { StartScreen } from "../screens/start/StartScreen.js";
import { StudioScreen } from "../screens/studio/StudioScreen.js";
import { text } from "../strings/text.js";
import { shownLanguage } from "./preferences.js";
import { SessionContext } from "./use-session.js";
import { useApp } from "./use-studio.js";

/** The whole studio. */
export function App() {
  const screen = useApp((state) => state.screen);
  const said = useApp((state) => state.said);
  // A new language is a new page: every word of it is read again.
  const language = useStore(shownLanguage);
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
      <div className="only-heard" role="status" aria-live="polite" aria-label={text("app.announcements")}>
        {said}
      </div>
    </div>
  );
}
