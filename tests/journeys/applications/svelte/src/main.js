import { Airlock } from "airlock-uploads";
import { mount } from "svelte";
import Photos from "./Photos.svelte";

const access = await (await fetch("/config.json")).json();
const airlock = new Airlock({ endpoint: access.api, getToken: async () => access.token });
mount(Photos, { target: document.getElementById("root"), props: { airlock } });
