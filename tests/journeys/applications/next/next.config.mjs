/** @type {import("next").NextConfig} */
export default {
  // The packages of all applications are installed in the folder above.
  turbopack: { root: new URL("..", import.meta.url).pathname },
};
