/** Starts the studio. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.js";
import { chooseLanguage } from "./strings/text.js";
import { startOffline } from "./sw/client.js";
import "./app/theme.css";

document.documentElement.lang = chooseLanguage();
createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// Where one develops, files change under the page.
if (import.meta.env.PROD) void startOffline();
