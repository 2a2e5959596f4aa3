/** Starts the studio. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.js";
import { takeDrops } from "./app/dropped.js";
import { createStudio } from "./app/parts.js";
import { applyPreferences, preferences } from "./app/preferences.js";
import { StudioContext } from "./app/use-studio.js";
import { givenVideo } from "./capabilities/given-video.js";
import { startOffline } from "./sw/client.js";
import "./app/theme.css";

const words = applyPreferences(preferences.getState());
preferences.subscribe((chosen) => void applyPreferences(chosen));
const root = createRoot(document.getElementById("root") as HTMLElement);
const studio = createStudio();
// From the first moment on: a browser shows a file that nobody takes in place of the page.
takeDrops(async (files, how) => (await studio).open(files, how));
void Promise.all([studio, words]).then(([flow]) => {
  root.render(
    <StrictMode>
      <StudioContext value={flow}>
        <App />
      </StudioContext>
    </StrictMode>,
  );
  const project = location.hash.slice(1);
  if (project !== "") void flow.openProject(project);
  else void givenVideo().then((file) => file && flow.open([{ file }]));
});

// Where one develops, files change under the page.
if (import.meta.env.PROD) void startOffline();
