/** What is stored, and what computes. */
import { useEffect, useState } from "react";
import { shortcuts } from "../../app/shortcuts.js";
import { text } from "../../strings/text.js";
import { Sheet } from "../common/Sheet.js";
import { EngineSection } from "./EngineSection.js";
import { ModelSection } from "./ModelSection.js";
import styles from "./Models.module.css";
import { SpaceSection } from "./SpaceSection.js";

/** A button, and models, engine and space behind it. */
export function ModelsDialog() {
  const [open, setOpen] = useState(false);
  useEffect(() => shortcuts.handle("models", () => setOpen(true)), []);
  return (
    <Sheet title={text("models.title")} button={text("models.open")} {...{ open }} onOpenChange={setOpen}>
      <div className={styles["sheet"]}>
        <EngineSection />
        <ModelSection />
        <SpaceSection />
      </div>
    </Sheet>
  );
}
