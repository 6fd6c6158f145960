import { Airlock } from "airlock-uploads";
import { UploadQueue } from "airlock-uploads/queue";

const access = await (await fetch("/config.json")).json();
const queue = new UploadQueue(new Airlock({ endpoint: access.api, getToken: async () => access.token }));
const list = document.querySelector("ul");

document.querySelector("input").addEventListener("change", (event) => queue.add(event.target.files));
queue.subscribe(() => {
  list.replaceChildren(
    ...queue.getSnapshot().uploads.map(({ file, status }) => {
      const row = document.createElement("li");
      row.dataset.status = status;
      row.textContent = file.name;
      return row;
    }),
  );
});
