export default { entry: "./src/index.js", output: { clean: true }, devtool: false };
