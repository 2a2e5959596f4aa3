/** What the document takes from the packages below: types alone, so that it can be read and tested anywhere. */
export type { FoleyEvent } from "@foley-control/core";
export type { OriginalSound } from "@foley-control/media";
