/** The page: which screen is shown. */
import { UpdateBanner } from "../screens/privacy/UpdateBanner.js";
import { StartScreen } from "../screens/start/StartScreen.js";

/** The whole studio. */
export function App() {
  return (
    <>
      <UpdateBanner />
      <StartScreen />
    </>
  );
}
