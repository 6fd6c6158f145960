/** The call that an application makes before its widget sends a file. */

/**
 * @param {{api: string, token: string}} access
 * @param {File} file
 * @returns {Promise<{document: any, upload: {url: string, headers: Record<string, string>}}>}
 */
export async function create({ api, token }, { name, size, type }) {
  const response = await fetch(`${api}/documents`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ fileName: name, size, contentType: type }),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
