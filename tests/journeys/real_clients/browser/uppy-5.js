/** https://uppy.io/docs/aws-s3/#getuploadparametersfile-options, of Uppy 5. */

import AwsS3 from "@uppy/aws-s3";
import Uppy from "@uppy/core";
import { create } from "./create.js";

export async function uploadFile(access, file) {
  let id;
  const uppy = new Uppy().use(AwsS3, {
    shouldUseMultipart: false,
    async getUploadParameters({ data }) {
      const { document, upload } = await create(access, data);
      id = document.id;
      return { method: "PUT", url: upload.url, headers: upload.headers };
    },
  });
  uppy.addFile({ name: file.name, type: file.type, data: file });
  const { failed } = await uppy.upload();
  if (failed.length > 0) throw new Error(failed[0].error);
  return id;
}
