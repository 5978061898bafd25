// Prints as JSON what the AsyncAPI parser finds in each of the documents named.
import { Parser, fromFile } from '@asyncapi/parser'

const parser = new Parser()
const found = {}
for (const path of process.argv.slice(2)) {
  const { document, diagnostics } = await fromFile(parser, path).parse()
  found[path] = {
    channels: document ? document.channels().all().map((channel) => channel.address()) : [],
    said: diagnostics.map(({ code, message, path: at, severity }) => ({ code, message, at: at.join('.'), severity })),
  }
}
console.log(JSON.stringify(found))
