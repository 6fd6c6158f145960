/** https://pqina.nl/filepond/docs/api/server/#advanced: a `process` function of one's own. */

import * as FilePond from "filepond";
import { create } from "./create.js";

export function uploadFile(access, file) {
  return new Promise((resolve, reject) => {
    const process = async (_field, file, _metadata, load, error, progress, abort) => {
      const request = new XMLHttpRequest();
      const { document, upload } = await create(access, file);
      request.open("PUT", upload.url);
      for (const [name, value] of Object.entries(upload.headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => progress(event.lengthComputable, event.loaded, event.total);
      request.onload = () => (request.status === 200 ? load(document.id) : error(request.responseText));
      request.onerror = () => error("The request has failed.");
      request.send(file);
      return { abort: () => (request.abort(), abort()) };
    };
    const pond = FilePond.create({ server: { process } });
    pond.on("processfile", (error, { serverId }) => (error ? reject(new Error(error.body)) : resolve(serverId)));
    pond.appendTo(document.body);
    pond.addFile(file);
  });
}
