import { library } from "../../tsup.shared.js";

export default library(["src/index.ts", "src/node.ts", "src/web.ts"]);
