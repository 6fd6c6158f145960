/** https://docs.dropzone.dev/configuration/basics/upload-options: a PUT of the file to a URL for each file. */

import Dropzone from "dropzone";
import { create } from "./create.js";

export function uploadFile(access, file) {
  return new Promise((resolve, reject) => {
    const dropzone = new Dropzone(document.body.appendChild(document.createElement("div")), {
      url: ([file]) => file.upload.presigned.url,
      method: "put",
      binaryBody: true,
      // S3 refuses headers that its CORS configuration does not allow, such as X-Requested-With.
      defaultHeaders: false,
      async accept(file, done) {
        const { document, upload } = await create(access, file);
        Object.assign(file.upload, { id: document.id, presigned: upload });
        done();
      },
    });
    dropzone.on("sending", ({ upload }, request) => {
      for (const [name, value] of Object.entries(upload.presigned.headers)) {
        // A second Content-Type would be appended to the one that Dropzone has set from the file.
        if (name.toLowerCase() !== "content-type") request.setRequestHeader(name, value);
      }
    });
    dropzone.on("success", ({ upload }) => resolve(upload.id));
    dropzone.on("error", (_file, message) => reject(new Error(message)));
    dropzone.addFile(file);
  });
}
