import { Airlock } from "airlock-uploads";
import { createApp } from "vue";
import Photos from "./Photos.vue";

const access = await (await fetch("/config.json")).json();
const airlock = new Airlock({ endpoint: access.api, getToken: async () => access.token });
createApp(Photos, { airlock }).mount("#root");
