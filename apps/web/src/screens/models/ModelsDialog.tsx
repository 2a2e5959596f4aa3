/** What is stored, and what computes. */
import { lazy, Suspense, useEffect, useState } from "react";
import { shortcuts } from "../../app/shortcuts.js";
import { useApp } from "../../app/use-studio.js";
import { text } from "../../strings/text.js";
import { Sheet } from "../common/Sheet.js";

const ModelsContent = lazy(async () => ({ default: (await import("./ModelsContent.js")).ModelsContent }));

/** A button, and models, engine and space behind it. */
export function ModelsDialog() {
  const [open, setOpen] = useState(false);
  useEffect(() => shortcuts.handle("models", () => setOpen(true)), []);
  const dropped = useApp(({ model }) => model !== undefined);
  useEffect(() => {
    if (dropped) setOpen(true);
  }, [dropped]);
  return (
    <Sheet title={text("models.title")} button={text("models.open")} {...{ open }} onOpenChange={setOpen}>
      <Suspense fallback={null}>
        <ModelsContent />
      </Suspense>
    </Sheet>
  );
}
