import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';

// The limit: node:http alone reads each body whole and answers two bytes. No router, no parsing, no storage.
const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{}');
  });
});
server.listen(0, '127.0.0.1', () =>
  process.send!({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  }),
);
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
