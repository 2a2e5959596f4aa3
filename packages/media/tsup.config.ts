import { library } from "../../tsup.shared.js";

export default library([], {
  entry: {
    index: "src/index.ts",
    node: "src/node.ts",
    "node-guest": "src/node/apart/guest.ts",
    "node-watch": "src/node/apart/watch.mjs",
    web: "src/web.ts",
    "media-worker": "src/web/media-worker.ts",
    "media-writer-worker": "src/web/media-writer-worker.ts",
  },
});
