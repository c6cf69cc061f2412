import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import { createServer, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';

// A witness written from the texts of C2SP tlog-witness, tlog-cosignature and signed-note, and RFC 6962, with node:crypto
// alone: it shares no line with the code under test.

const sha256 = (...parts: Buffer[]) =>
  createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (left: Buffer, right: Buffer) => sha256(Buffer.of(1), left, right);
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

interface Seen {
  size: number;
  root: Buffer;
}

/** RFC 9162, 2.1.4.2, for 0 < size1 < size2. */
function isConsistent(
  size1: number,
  root1: Buffer,
  size2: number,
  root2: Buffer,
  given: Buffer[],
): boolean {
  const isPower = Number.isInteger(Math.log2(size1));
  const path = isPower ? [root1, ...given] : given;
  let fn = BigInt(size1 - 1);
  let sn = BigInt(size2 - 1);
  while (fn % 2n === 1n) {
    fn /= 2n;
    sn /= 2n;
  }
  if (path.length === 0) return false;
  let fr = path[0];
  let sr = path[0];
  for (const c of path.slice(1)) {
    if (sn === 0n) return false;
    if (fn % 2n === 1n || fn === sn) {
      fr = node(c, fr);
      sr = node(c, sr);
      while (fn % 2n === 0n && fn !== 0n) {
        fn /= 2n;
        sn /= 2n;
      }
    } else {
      sr = node(sr, c);
    }
    fn /= 2n;
    sn /= 2n;
  }
  return sn === 0n && fr.equals(root1) && sr.equals(root2);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** Starts a witness on loopback. `logKeys` are the raw public keys that it trusts, by origin; `nowSeconds` is its clock. */
export async function startWitness(options: {
  name: string;
  logKeys: Map<string, Buffer[]>;
  nowSeconds: number;
}) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const keyId = sha256(
    Buffer.from(`${options.name}\n`),
    Buffer.of(4),
    raw,
  ).subarray(0, 4);
  const verifierKey = `${options.name}+${keyId.toString('hex')}+${Buffer.concat(
    [Buffer.of(4), raw],
  ).toString('base64')}`;
  const seen = new Map<string, Seen>();
  const requests: string[] = [];
  /** Answers the next request instead of the witness. */
  let next: { status: number; type?: string; body: string } | undefined;

  const judge = (
    text: string,
  ): { status: number; type?: string; body: string } => {
    const split = text.indexOf('\n\n');
    const lines = text.slice(0, split).split('\n');
    const checkpoint = text.slice(split + 2);
    const bodyEnd = checkpoint.lastIndexOf('\n\n') + 1;
    const body = checkpoint.slice(0, bodyEnd);
    const [origin, sizeText, rootText] = body.split('\n');
    const oldSize = Number(/^old ([0-9]+)$/.exec(lines[0])?.[1]);
    const proof = lines.slice(1).map(line => Buffer.from(line, 'base64'));
    const size = Number(sizeText);
    const root = Buffer.from(rootText, 'base64');
    const keys = options.logKeys.get(origin);
    if (!keys) return { status: 404, body: 'unknown log\n' };
    const signatures = checkpoint
      .slice(bodyEnd + 1, -1)
      .split('\n')
      .map(line => Buffer.from(line.split(' ')[2], 'base64').subarray(4));
    const isSigned = keys.some(key =>
      signatures.some(signature =>
        verify(
          null,
          Buffer.from(body),
          createPublicKey({
            key: Buffer.concat([spkiPrefix, key]),
            format: 'der',
            type: 'spki',
          }),
          signature,
        ),
      ),
    );
    if (!isSigned) return { status: 403, body: 'no trusted key\n' };
    if (oldSize > size) return { status: 400, body: 'old above new\n' };
    const known = seen.get(origin) ?? { size: 0, root: sha256() };
    const conflict = {
      status: 409,
      type: 'text/x.tlog.size',
      body: `${known.size}\n`,
    };
    if (oldSize !== known.size) return conflict;
    if (oldSize === size && size > 0 && !root.equals(known.root))
      return conflict;
    if (
      oldSize > 0 &&
      oldSize < size &&
      !isConsistent(oldSize, known.root, size, root, proof)
    )
      return { status: 422, body: 'not consistent\n' };
    if ((oldSize === 0 || oldSize === size) && proof.length > 0)
      return { status: 400, body: 'a proof where none belongs\n' };
    seen.set(origin, { size, root });
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(options.nowSeconds));
    const signature = sign(
      null,
      Buffer.from(`cosignature/v1\ntime ${options.nowSeconds}\n${body}`),
      privateKey,
    );
    const line = Buffer.concat([keyId, time, signature]).toString('base64');
    return { status: 200, body: `\u2014 ${options.name} ${line}\n` };
  };

  const server: Server = createServer(async (request, response) => {
    const text = await textOf(request);
    requests.push(text);
    const answer =
      request.method !== 'POST' || request.url !== '/add-checkpoint'
        ? { status: 404, body: 'no such page\n' }
        : next ?? judge(text);
    next = undefined;
    response
      .writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain' })
      .end(answer.body);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    verifierKey,
    seen,
    requests,
    answerNext: (answer: { status: number; type?: string; body: string }) => {
      next = answer;
    },
    stop: () => new Promise(done => server.close(done)),
  };
}

export type TestWitness = Awaited<ReturnType<typeof startWitness>>;
