import { Airlock } from "airlock-uploads";
import { Dropzone, UploadList, useDocuments, useUpload } from "airlock-uploads/react";
import "airlock-uploads/react.css";

export function Photos({ airlock }: { airlock: Airlock }) {
  const { documents, reload } = useDocuments(airlock, { status: "ready" });
  const upload = useUpload(airlock, { onDocument: reload });
  return (
    <main>
      <Dropzone onFiles={upload.add}>Choose photos</Dropzone>
      <UploadList queue={upload} />
      <ul aria-label="Photos">{documents.map(({ id, title }) => <li key={id}>{title}</li>)}</ul>
    </main>
  );
}
