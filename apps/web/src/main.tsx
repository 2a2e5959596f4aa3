/** Starts the studio. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.js";
import { chooseLanguage } from "./strings/text.js";
import "./app/theme.css";

document.documentElement.lang = chooseLanguage();
createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
