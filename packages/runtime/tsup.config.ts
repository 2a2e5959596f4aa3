import { library } from "../../tsup.shared.js";

export default library([], {
  entry: {
    index: "src/index.ts",
    node: "src/node.ts",
    "node-worker": "src/node/worker.ts",
    web: "src/web.ts",
    worker: "src/web/worker.ts",
  },
});
