/** A dialog with a title, opened by a button of its own; the one look of all dialogs. */
import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode, RefObject } from "react";
import { text } from "../../strings/text.js";
import styles from "./Sheet.module.css";

/** A dialog. `button` are the words of the button that opens it; without them it is opened from outside, by `open`. */
export function Sheet({
  title,
  button,
  main = false,
  disabled = false,
  open,
  onOpenChange,
  first,
  children,
}: {
  readonly title: string;
  readonly button?: ReactNode;
  /** Whether the button is the most important of its place. */
  readonly main?: boolean;
  readonly disabled?: boolean;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  /** What has the focus at first. Default: its first button. */
  readonly first?: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}) {
  return (
    <Dialog.Root {...(open !== undefined && { open })} onOpenChange={(next) => onOpenChange?.(next)}>
      {button !== undefined && (
        <Dialog.Trigger disabled={disabled} {...(main && { "data-main": "" })}>
          {button}
        </Dialog.Trigger>
      )}
      <Dialog.Portal>
        <Dialog.Backdrop className={styles["backdrop"]} />
        <Dialog.Popup className={styles["sheet"]} {...(first && { initialFocus: first })}>
          <header className={styles["header"]}>
            <Dialog.Title className={styles["title"]}>{title}</Dialog.Title>
            <Dialog.Close>{text("app.close")}</Dialog.Close>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too, whether or not a button is in it */}
          <section className={styles["body"]} aria-label={title} tabIndex={0}>
            {children}
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
