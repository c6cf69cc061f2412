import express from 'express';
import { AddressInfo } from 'node:net';
import { createChain, openFloorStore } from './floorStore';

// The floor: one express process that parses a batch, makes canonical texts, chains their hashes and inserts them. No
// permission, no schema, no tree, no second look for what is known. What waits while a group is written shares the next.

interface Waiting {
  values: unknown[];
  resolve(): void;
  reject(error: unknown): void;
}

async function main() {
  const store = await openFloorStore(process.env);
  const link = createChain();
  let waiting: Waiting[] = [];
  let isWriting = false;

  const drain = async () => {
    isWriting = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await store.insert(group.flatMap(one => link(one.values)));
        for (const one of group) one.resolve();
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
    isWriting = false;
  };
  const append = (values: unknown[]) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ values, resolve, reject });
      if (!isWriting) void drain();
    });

  const app = express();
  app.use(express.json({ limit: '10mb', type: () => true }));
  app.post('/', async (request, response, next) => {
    try {
      const values = Array.isArray(request.body)
        ? request.body
        : [request.body];
      await append(values);
      response.json({ acceptedCount: values.length });
    } catch (error) {
      next(error);
    }
  });
  const server = app.listen(0, '127.0.0.1', () =>
    process.send!({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    }),
  );
}

process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
