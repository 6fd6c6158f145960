"use client";

import { Airlock } from "airlock-uploads";
import { Dropzone, UploadList, useDocuments, useUpload } from "airlock-uploads/react";
import { useState } from "react";

const getToken = async () => (await fetch("/token")).text();

export function Photos({ endpoint }: { endpoint: string }) {
  const [airlock] = useState(() => new Airlock({ endpoint, getToken }));
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
