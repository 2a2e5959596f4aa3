/** Keys, as people read them. */
import { Fragment } from "react";
import { text } from "../../strings/text.js";
import { keyWords } from "./key-words.js";

/** Some keys that do the same. */
export function Keys({ keys }: { readonly keys: readonly string[] }) {
  if (keys.length === 0) return text("shortcuts.none");
  return keys.map((key, index) => (
    <Fragment key={key}>
      {index > 0 && ` ${text("shortcuts.or")} `}
      <kbd>{keyWords(key)}</kbd>
    </Fragment>
  ));
}
