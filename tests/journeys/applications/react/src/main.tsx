import { Airlock } from "airlock-uploads";
import { createRoot } from "react-dom/client";
import { Photos } from "./photos";

declare global {
  interface Window {
    access: { endpoint: string; token: string };
  }
}

const { endpoint, token } = window.access;
const airlock = new Airlock({ endpoint, getToken: async () => token });
createRoot(document.getElementById("root")!).render(<Photos airlock={airlock} />);
