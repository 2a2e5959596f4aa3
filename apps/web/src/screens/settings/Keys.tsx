/** Keys, as people read them. */
import { Fragment } from "react";
import { shownKey } from "../../shortcuts/keys.js";
import { text } from "../../strings/text.js";

const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Some keys that do the same. */
export function Keys({ keys }: { readonly keys: readonly string[] }) {
  if (keys.length === 0) return text("shortcuts.none");
  return keys.map((key, index) => (
    <Fragment key={key}>
      {index > 0 && ` ${text("shortcuts.or")} `}
      <kbd>{shownKey(key, { mac: MAC })}</kbd>
    </Fragment>
  ));
}
