import { Airlock } from "airlock-uploads";
import { renderToString } from "react-dom/server";
import { Photos } from "./photos";

const airlock = new Airlock({ endpoint: "https://api.example.com", getToken: async () => "" });
console.log(renderToString(<Photos airlock={airlock} />));
