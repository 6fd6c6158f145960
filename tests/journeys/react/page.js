/** A page of the client's components for React: files that are added, and a list of documents with another page. */

import { createElement as h, useState } from "react";
import { createRoot } from "react-dom/client";
import { Airlock } from "../../../clients/js/src/index.js";
import { Dropzone, UploadList, useDocuments, useUpload } from "../../../clients/js/src/react.js";

function Page({ airlock }) {
  const [status, setStatus] = useState("ready");
  const { documents, hasMore, loadMore } = useDocuments(airlock, { status });
  const upload = useUpload(airlock);
  return h(
    "main",
    null,
    h(Dropzone, { onFiles: upload.add }, "Choose files"),
    h(UploadList, { queue: upload }),
    h("ul", { "aria-label": "Documents" }, documents.map(({ id }) => h("li", { key: id }, id))),
    h("button", { onClick: loadMore, disabled: !hasMore }, "Show more"),
    h("button", { onClick: () => setStatus("rejected") }, "Show rejected"),
  );
}

window.show = (endpoint) => {
  const airlock = new Airlock({ endpoint, getToken: async () => "good" });
  const root = document.body.appendChild(document.createElement("div"));
  createRoot(root).render(h(Page, { airlock }));
};
