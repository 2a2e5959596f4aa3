/** What leaves this machine: the requests, counted. */
import { useEffect, useState } from "react";
import { chosenLanguage, text } from "../../strings/text.js";
import { countRequests } from "../../sw/client.js";
import type { RequestCount } from "../../sw/messages.js";
import { Sheet } from "../common/Sheet.js";

/** The sentence about where requests went. */
export function whereRequestsWent(count: RequestCount, own: string): string {
  const since = new Date(count.since).toLocaleString(chosenLanguage());
  const elsewhere = Object.entries(count.sent).filter(([origin]) => origin !== own);
  const sent = Object.values(count.sent).reduce((sum, number) => sum + number, 0);
  if (elsewhere.length === 0) return text("privacy.count", { since, sent });
  const number = elsewhere.reduce((sum, [, one]) => sum + one, 0);
  return text("privacy.elsewhere", { since, sent, number, origins: elsewhere.map(([origin]) => origin).join(", ") });
}

/** The sheet about privacy. */
export function PrivacyDialog(props: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }) {
  const [count, setCount] = useState<RequestCount | undefined>();
  useEffect(() => {
    if (props.open) void countRequests().then(setCount);
  }, [props.open]);
  return (
    <Sheet {...props} title={text("privacy.title")}>
      <p>{text("privacy.stays")}</p>
      {count === undefined ? (
        <p>{text("privacy.unknown")}</p>
      ) : (
        <>
          <p>
            <strong>{whereRequestsWent(count, location.origin)}</strong>
          </p>
          <p>{text("privacy.kept", { kept: count.kept })}</p>
          <p>{text("privacy.bodies", { bodies: count.bodies })}</p>
          <p>{text("privacy.how")}</p>
        </>
      )}
    </Sheet>
  );
}
