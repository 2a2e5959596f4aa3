/** All keys at a glance. */
import { lazy, Suspense, useEffect, useState } from "react";
import { shortcuts } from "../../app/shortcuts.js";
import { text } from "../../strings/text.js";
import { Sheet } from "../common/Sheet.js";

const ShortcutTables = lazy(async () => ({ default: (await import("./ShortcutTables.js")).ShortcutTables }));

/** The sheet, and the button and key that open it. */
export function ShortcutSheet() {
  const [open, setOpen] = useState(false);
  useEffect(() => shortcuts.handle("sheet", () => setOpen(true)), []);
  return (
    <Sheet title={text("shortcuts.title")} button={text("shortcuts.open")} open={open} onOpenChange={setOpen}>
      <Suspense fallback={null}>
        <ShortcutTables />
      </Suspense>
    </Sheet>
  );
}
