/** What stands in the dialog of models; it comes when the dialog is first opened. */
import { EngineSection } from "./EngineSection.js";
import { ModelSection } from "./ModelSection.js";
import styles from "./Models.module.css";
import { SpaceSection } from "./SpaceSection.js";

/** What computes, the models that are known, and the space that they take. */
export function ModelsContent() {
  return (
    <div className={styles["sheet"]}>
      <EngineSection />
      <ModelSection />
      <SpaceSection />
    </div>
  );
}
