import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A running Backstage with the real Kubernetes plugin. The caller MUST close it. */
export interface Portal {
  /** Base URL of the Kubernetes plugin. */
  readonly baseUrl: string;
  close(): Promise<void>;
}

/** Starts `kubernetesPortal.js` in front of an API server. Throws with what it said when it does not start. */
export async function startPortal(apiServerUrl: string): Promise<Portal> {
  const child = spawn(
    process.execPath,
    [path.join(__dirname, 'kubernetesPortal.js'), apiServerUrl],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', chunk => {
    said += chunk;
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const firstLine = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    ended.then(() => undefined),
  ]);
  if (firstLine === undefined)
    throw new Error(`the portal did not start: ${said}`);
  return {
    baseUrl: JSON.parse(firstLine).baseUrl,
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
