import { createServer, IncomingHttpHeaders, Server } from 'node:http';
import { AddressInfo } from 'node:net';

/** A system that deploys, and what it was told. */
export class Deployer {
  status = 200;
  received: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  hold: Promise<void> = Promise.resolve();
  readonly #server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', part => {
      body += part;
    });
    request.on('end', async () => {
      this.received.push({ url: request.url!, headers: request.headers, body });
      await this.hold;
      response.writeHead(this.status).end('{"secret":"of theirs"}');
    });
  });

  async open() {
    await new Promise<void>(resolve => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return this;
  }

  get url() {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/rollbacks/{name}`;
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise(resolve => {
      this.#server.close(resolve);
    });
  }
}
