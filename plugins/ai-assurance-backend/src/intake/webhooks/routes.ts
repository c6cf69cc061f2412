import { InputError } from '@backstage/errors';
import { Request, Response, Router } from 'express';
import { withCode } from '../../platform';
import { readBody } from '../body';
import { WebhookService } from './WebhookService';

/** Below the plugin's path; Backstage asks nobody to sign in there. */
export const WEBHOOKS_PATH = '/webhooks';

const maxBodyBytes = 1024 * 1024;

/** Binds the webhooks. They are no part of the wire contract: each sender prescribes what it sends. */
export function registerWebhooks(
  router: Router,
  service: WebhookService,
): void {
  router.post(
    `${WEBHOOKS_PATH}/:name`,
    async (request: Request, response: Response) => {
      // The signature is over the bytes as they were sent: nothing is unpacked before it holds.
      if (request.headers['content-encoding'] !== undefined) {
        throw withCode(
          new InputError('Content-Encoding: send the body as it is.'),
          'UNSUPPORTED_ENCODING',
        );
      }
      const body = await readBody(request, maxBodyBytes);
      response.json(
        await service.deliver(request.params.name, body, request.headers),
      );
    },
  );
}
