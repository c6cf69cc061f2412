import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { say, Stop } from './say.mjs';

const markOf = dataDir => path.join(dataDir, '.ai-assurance-demo');

const reasons = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a disk that can only be read',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
};

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const isListening = port =>
  new Promise(resolve => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** The command that keeps its data here and still runs; a note left behind by one that was killed does not count. */
async function runningOn(dataDir) {
  try {
    const { pid, port } = JSON.parse(
      fs.readFileSync(path.join(dataDir, 'running.json'), 'utf8'),
    );
    return isAlive(pid) && (await isListening(port))
      ? { pid, port }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the data folder ready, and with `fresh` empties it first. Only a folder that this command made is emptied, so only
 * a new or empty one is taken for its own. Throws a {@link Stop} when the folder is somebody else's, cannot be written, or
 * is in use.
 */
export async function prepareDataDir(dataDir, { fresh, port }) {
  const mark = markOf(dataDir);
  try {
    const isOurs = fs.existsSync(mark);
    if (
      !isOurs &&
      fs.existsSync(dataDir) &&
      fs.readdirSync(dataDir).length > 0
    ) {
      throw new Stop(
        fresh
          ? `${dataDir} was not made by npm start, so --fresh leaves it alone. Delete it yourself or choose another --data-dir.`
          : `${dataDir} holds files that are not from npm start. Choose a new or empty folder as --data-dir.`,
      );
    }
    const other = await runningOn(dataDir);
    if (other) {
      throw new Stop(
        `A portal already runs on the data in ${dataDir}, at port ${other.port} (process ${other.pid}). Stop it, or choose another --data-dir.`,
      );
    }
    if (isOurs && fresh) {
      say('Forgetting what was recorded …');
      fs.rmSync(dataDir, { recursive: true });
    }
    fs.mkdirSync(path.join(dataDir, 'db'), { recursive: true });
    fs.writeFileSync(mark, '');
    fs.writeFileSync(
      path.join(dataDir, 'running.json'),
      JSON.stringify({ pid: process.pid, port }),
    );
  } catch (error) {
    if (error instanceof Stop || !(error.code in reasons)) throw error;
    throw new Stop(
      `Data cannot be kept in ${dataDir}: ${
        reasons[error.code]
      }. Choose another --data-dir.`,
    );
  }
}
