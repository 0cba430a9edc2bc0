import { render } from "preact";
import { App } from "./app.tsx";
import { followLinks } from "./router.ts";

followLinks();
const place = document.getElementById("app");
if (place) render(<App />, place);
