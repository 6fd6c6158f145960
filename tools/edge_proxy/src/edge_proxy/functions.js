// Runs one CloudFront Function in node: the first line of standard input has its code, each further line an event, as JSON.
// Each event is answered by one line: {"result": ...} or {"error": "..."}.
const { createContext, Script } = require('node:vm');
const { createInterface } = require('node:readline');

let context;

function answer(line) {
  if (!context) {
    context = createContext({ console: { log() {} } });
    new Script(JSON.parse(line)).runInContext(context, { timeout: 1000 });
    return { result: null };
  }
  context.event = JSON.parse(line);
  return { result: new Script('handler(event)').runInContext(context, { timeout: 1000 }) };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  let reply;
  try {
    reply = answer(line);
  } catch (error) {
    reply = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(reply) + '\n');
});
