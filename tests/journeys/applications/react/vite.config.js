/** One module and one style sheet without hashes in their names, which a page of the tests loads. */
export default {
  esbuild: { jsx: "automatic" },
  build: {
    rollupOptions: {
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
};
