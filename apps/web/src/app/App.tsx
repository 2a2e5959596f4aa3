/** The page: which screen is shown. */
import { StartScreen } from "../screens/start/StartScreen.js";

/** The whole studio. */
export function App() {
  return <StartScreen />;
}
