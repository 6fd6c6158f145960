/** https://uppy.io/docs/aws-s3/#signrequestrequest, of Uppy 6: the server chooses the key. */

import Uppy, { AwsS3 } from "./uppy.mjs";
import { create } from "./create.js";

export async function uploadFile(access, file) {
  let id;
  const uppy = new Uppy().use(AwsS3, {
    shouldUseMultipart: false,
    async signRequest() {
      const { document, upload } = await create(access, file);
      id = document.id;
      return { url: upload.url, headers: upload.headers, key: new URL(upload.url).pathname.slice(1) };
    },
  });
  uppy.addFile({ name: file.name, type: file.type, data: file });
  const { failed } = await uppy.upload();
  if (failed.length > 0) throw new Error(failed[0].error);
  return id;
}
